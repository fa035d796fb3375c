// SPDX-License-Identifier: Apache-2.0
#include "nats/publish_slots.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "nats/native.hpp"
#include "nats/pub_ack.hpp"
#include "nats/slot_book.hpp"
#include "nats/subjects.hpp"
#include "support/fail_point.hpp"

namespace dlrgw::host {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Time = SlotBook::Time;
using Kind = SlotBook::Step::Kind;

// How long one message in flight is waited for before the others are looked at: answers of one stream come in order,
// those of several do not.
constexpr milliseconds kHeadWait{10};
constexpr std::size_t kKeepUsed = 1024;
constexpr std::int64_t kFlushWait_ms = 10;

struct Inbox {
  std::string subject;
  native::Subscription subscription;
};

// The messages of one subject that the running call still has to send.
struct Queue {
  std::string_view subject;
  std::vector<std::size_t> items;  // of the call, in their order
  std::size_t next = 0;
  [[nodiscard]] bool empty() const { return next == items.size(); }
};

// A message of the running call that waits for its answer.
struct Claim {
  std::size_t slot = 0;
  std::size_t item = 0;
  Time since{};
};

void finish(PublishItem& item, std::optional<ErrorCode> code, std::string text) {
  item.result = code;
  item.text = std::move(text);
}

std::string no_answer(std::string_view subject) {
  return "no stream acknowledged a message on " + std::string(subject) + " in time";
}

}  // namespace

struct PublishSlots::Impl {
  Impl(NatsConnection& conn, unsigned replica, unsigned first, unsigned last)
      : connection(conn), book(last - first + 1) {
    for (unsigned slot = first; slot <= last; ++slot) inboxes.emplace_back().subject = subjects::inbox(replica, slot);
  }

  Status bind();
  void queue(std::span<const PublishItem> items);
  void run(std::span<PublishItem> items, Time deadline);
  bool send_some(std::span<PublishItem> items, Time now);
  bool step(Queue& queue, std::span<PublishItem> items, Time now);
  bool send(const Inbox& inbox, PublishItem& item);
  void collect(std::span<PublishItem> items, Time now);
  bool receive(std::size_t slot, milliseconds wait, Time now);
  bool settle(const Claim& claim, std::span<PublishItem> items);
  void give_up_on_the_silent(std::span<PublishItem> items, Time now);
  void wait(std::span<const PublishItem> items, milliseconds left);
  [[nodiscard]] bool all_sent() const { return std::ranges::all_of(queues, &Queue::empty); }
  [[nodiscard]] bool lost() const { return gone || !connection.connected() || connection.epoch() != epoch; }

  NatsConnection& connection;
  std::shared_ptr<natsConnection> nc;
  SlotBook book;
  std::vector<Inbox> inboxes;
  std::vector<Queue> queues;  // of the running call, as the two that follow
  std::vector<Claim> claims;  // in the order of their publish
  // Freed together: nats.c hands each freed message to a thread of its own, and would wake it for every single one.
  std::vector<native::Message> used;
  bool gone = false;        // an inbox is closed, and with it the connection
  std::uint64_t epoch = 0;  // at the start of the call: answers to what it sent come on this connection only
};

Status PublishSlots::Impl::bind() {
  auto current = connection.native();
  if (!connection.connected() || current == nullptr) return Error{ErrorCode::kUnavailable, "NATS is not connected"};
  if (std::exchange(epoch, connection.epoch()) != epoch) book.connection_lost();
  const bool same = current == nc && !std::exchange(gone, false);
  nc = std::move(current);
  for (Inbox& inbox : inboxes) {
    if (same && inbox.subscription != nullptr) continue;  // nats.c renews subscriptions when it reconnects
    inbox.subscription.reset();
    auto made = native::subscribe(nc.get(), inbox.subject);
    if (!made) return made.error();
    inbox.subscription = std::move(*made);
  }
  return {};
}

void PublishSlots::Impl::queue(std::span<const PublishItem> items) {
  queues.clear();
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto found = std::ranges::find(queues, items[i].subject, &Queue::subject);
    if (found == queues.end()) found = queues.insert(found, Queue{items[i].subject, {}, 0});
    found->items.push_back(i);
  }
}

// One message of each subject in turn, until no subject can send.
bool PublishSlots::Impl::send_some(std::span<PublishItem> items, Time now) {
  bool sent = false;
  for (bool any = true; any;) {
    any = false;
    for (Queue& queue : queues)
      if (!queue.empty() && step(queue, items, now)) any = sent = true;
  }
  return sent;
}

// False when the next message of the queue has to wait.
bool PublishSlots::Impl::step(Queue& queue, std::span<PublishItem> items, Time now) {
  const std::size_t index = queue.items[queue.next];
  PublishItem& item = items[index];
  const SlotBook::Step step = book.next(item.subject, item.msg_id, item.payload.size(), now);
  switch (step.kind) {
    case Kind::kNotNow:
      return false;
    case Kind::kSilent:
      finish(item, ErrorCode::kTransient, no_answer(item.subject) + "; it is probed with one message");
      break;
    case Kind::kDone:
      finish(item, step.answer.error, step.answer.text);
      break;
    case Kind::kSend:
      if (!send(inboxes[step.slot], item)) {
        book.not_sent(step.slot);
        break;
      }
      [[fallthrough]];
    case Kind::kJoin:
      claims.push_back({step.slot, index, now});
      break;
  }
  ++queue.next;
  return true;
}

// False when the item has its (bad) result already.
bool PublishSlots::Impl::send(const Inbox& inbox, PublishItem& item) {
  if (!connection.connected()) {
    finish(item, ErrorCode::kUnavailable, "NATS is not connected");
    return false;
  }
  const std::string subject(item.subject);
  natsMsg* raw = nullptr;
  natsStatus status = natsMsg_Create(&raw, subject.c_str(), inbox.subject.c_str(), item.payload.data(),
                                     static_cast<int>(item.payload.size()));
  used.emplace_back(raw);
  const auto add = [&](const char* name, std::string_view value) {
    if (status == NATS_OK && !value.empty()) status = natsMsgHeader_Set(raw, name, std::string(value).c_str());
  };
  add("Nats-Msg-Id", item.msg_id);
  add("Dlr-Schema", item.schema);
  add("traceparent", item.traceparent);
  if (status == NATS_OK) status = natsConnection_PublishMsg(nc.get(), raw);
  if (status == NATS_OK) return true;
  const Error error = native::error_of(status, "NATS publish on " + subject);
  finish(item, error.code, error.text);
  return false;
}

// Takes every answer that is there, those to messages of earlier calls too.
void PublishSlots::Impl::collect(std::span<PublishItem> items, Time now) {
  for (std::size_t slot = 0; slot < inboxes.size(); ++slot)
    while (book.owes(slot) && receive(slot, milliseconds(0), now)) {
    }
  std::erase_if(claims, [&](const Claim& claim) { return settle(claim, items); });
}

// Waits for one answer on one inbox. False: none came.
bool PublishSlots::Impl::receive(std::size_t slot, milliseconds wait, Time now) {
  native::Message message;
  const native::Got got = native::next_message(inboxes[slot].subscription.get(), wait, message);
  gone = got == native::Got::kGone;
  if (gone || got == native::Got::kTimeout) return false;
  if (got == native::Got::kNoResponders) {
    book.answered(slot, {ErrorCode::kNotFound, "no stream takes the subject; create one"}, now);
  } else {
    natsMsg* answer = message.get();
    book.answered(
        slot, parse_pub_ack({natsMsg_GetData(answer), static_cast<std::size_t>(natsMsg_GetDataLength(answer))}), now);
  }
  used.push_back(std::move(message));
  return true;
}

bool PublishSlots::Impl::settle(const Claim& claim, std::span<PublishItem> items) {
  std::optional<PubAck> answer = book.take(claim.slot);
  if (!answer) return false;
  PublishItem& item = items[claim.item];
  finish(item, answer->error, answer->text.empty() ? std::string() : std::string(item.subject) + ": " + answer->text);
  return true;
}

void PublishSlots::Impl::give_up_on_the_silent(std::span<PublishItem> items, Time now) {
  for (Queue& queue : queues) {
    const auto mine = [&](const Claim& claim) { return items[claim.item].subject == queue.subject; };
    const auto youngest = std::ranges::find_if(claims.rbegin(), claims.rend(), mine);
    if (youngest == claims.rend() || now < youngest->since + kProbeWait || !book.silent(queue.subject, now)) continue;
    std::erase_if(claims, [&](const Claim& claim) {
      if (!mine(claim)) return false;
      book.leave(claim.slot);
      finish(items[claim.item], ErrorCode::kTransient, no_answer(queue.subject));
      return true;
    });
    for (; !queue.empty(); ++queue.next)
      finish(items[queue.items[queue.next]], ErrorCode::kTransient, no_answer(queue.subject));
  }
}

// Waits for an answer that is likely to come soon: one of the subject that answered last. It waits for half of that
// subject's answers at a time: if it woke for each, this thread, the library's and the server would each handle
// messages one by one instead of many with one system call.
void PublishSlots::Impl::wait(std::span<const PublishItem> items, milliseconds left) {
  std::vector<std::size_t> likely;
  Time newest{};
  for (const Claim& claim : claims) {
    const Time answer = book.last_answer(items[claim.item].subject);
    if (answer > newest) likely.clear();
    newest = std::max(newest, answer);
    if (answer == newest) likely.push_back(claim.slot);
  }
  // Every inbox that could be used rests: an answer on any of them would free it.
  for (std::size_t slot = 0; likely.empty() && slot < inboxes.size(); ++slot)
    if (book.owes(slot)) likely.push_back(slot);
  if (!likely.empty()) (void)receive(likely[likely.size() / 2], std::min(kHeadWait, left), SteadyClock::now());
}

void PublishSlots::Impl::run(std::span<PublishItem> items, Time deadline) {
  while (true) {
    const Time now = SteadyClock::now();
    if (lost()) return;
    if (used.size() > kKeepUsed) used.clear();
    collect(items, now);
    give_up_on_the_silent(items, now);
    if (send_some(items, now)) {
      natsConnection_FlushTimeout(nc.get(), kFlushWait_ms);
      fail_point("nats.after_send");
    }
    if ((claims.empty() && all_sent()) || now >= deadline) return;
    wait(items, std::chrono::duration_cast<milliseconds>(deadline - now) + milliseconds(1));
  }
}

PublishSlots::PublishSlots(NatsConnection& connection, unsigned replica, unsigned first, unsigned last)
    : impl_(std::make_unique<Impl>(connection, replica, first, last)) {}
PublishSlots::~PublishSlots() = default;

void PublishSlots::publish(std::span<PublishItem> items, milliseconds timeout) {
  const auto deadline = SteadyClock::now() + timeout;
  const MutexLock guard(mutex_);
  for (PublishItem& item : items) finish(item, ErrorCode::kInternal, {});
  if (Status bound = impl_->bind(); !bound) {
    for (PublishItem& item : items) finish(item, bound.error().code, bound.error().text);
    return;
  }
  impl_->queue(items);
  impl_->run(items, deadline);
  for (const Claim& claim : impl_->claims) impl_->book.leave(claim.slot);
  impl_->claims.clear();
  impl_->used.clear();
  const bool lost = impl_->lost();
  for (PublishItem& item : items) {
    if (item.result != ErrorCode::kInternal || !item.text.empty()) continue;
    finish(item, lost ? ErrorCode::kUnavailable : ErrorCode::kTransient,
           lost ? "NATS was lost before the message was acknowledged" : no_answer(item.subject));
  }
}

}  // namespace dlrgw::host
