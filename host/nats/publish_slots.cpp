#include "nats/publish_slots.hpp"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "nats/native.hpp"
#include "nats/pub_ack.hpp"
#include "nats/subjects.hpp"

namespace dlrgw::host {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long one message in flight is waited for before the others are looked at: answers of one stream come in order,
// those of several do not.
constexpr milliseconds kHeadWait{10};
constexpr std::size_t kKeepUsed = 1024;
constexpr std::int64_t kFlushWait_ms = 10;

struct Slot {
  std::string inbox;
  native::Subscription subscription;
  std::vector<std::size_t> items;  // in flight for the running call; empty: none
  std::size_t stored = 0;          // answers to them so far
  std::size_t refused = 0;
  PubAck refusal;         // the first
  bool one_cause = true;  // all refusals are of the same kind
  unsigned owed = 0;      // answers that may still come
  unsigned stale = 0;     // of these, to what was sent on an earlier connection
  std::string single_id;  // the message that all of them are about; empty: they are about several
  SteadyClock::time_point sent_at;
  SteadyClock::time_point rests_until;
};

void answered(Slot& slot) {
  if (slot.owed > 0) --slot.owed;
  if (slot.owed > slot.stale) return;
  slot.stale = slot.owed;  // what is missing now was sent on a connection that is gone
  slot.rests_until = slot.sent_at + PublishSlots::kRestAfterLoss;
}

void finish(PublishItem& item, std::optional<ErrorCode> code, std::string text) {
  item.result = code;
  item.text = std::move(text);
}

}  // namespace

struct PublishSlots::Impl {
  Impl(NatsConnection& conn, unsigned replica, unsigned first, unsigned last) : connection(conn) {
    for (unsigned slot = first; slot <= last; ++slot) slots.emplace_back().inbox = subjects::inbox(replica, slot);
  }

  Status bind();
  Slot* free_slot(SteadyClock::time_point now);
  Slot* slot_owing(const PublishItem& item);
  bool send_next(std::span<PublishItem> items, SteadyClock::time_point now);
  bool send(Slot& slot, PublishItem& item);
  bool collect(Slot& slot, std::span<PublishItem> items, milliseconds wait);
  bool resolve(Slot& slot, std::span<PublishItem> items);
  void collect_late(Slot& slot, milliseconds wait);
  void run(std::span<PublishItem> items, SteadyClock::time_point deadline);

  NatsConnection& connection;
  std::mutex mutex;  // guards everything below: one call at a time
  std::shared_ptr<natsConnection> nc;
  std::vector<Slot> slots;
  std::vector<Slot*> flying;        // in the order of their publish
  std::size_t next = 0;             // first item of the running call that was not sent yet
  std::vector<std::size_t> singly;  // items of it to send once more, each alone
  // Freed together: nats.c hands each freed message to a thread of its own, and would wake it for every single one.
  std::vector<native::Message> used;
  std::uint64_t epoch = 0;  // at the start of the call: answers to what it sent come on this connection only
  [[nodiscard]] bool lost() const { return !connection.connected() || connection.epoch() != epoch; }
};

Status PublishSlots::Impl::bind() {
  auto current = connection.native();
  if (!connection.connected() || current == nullptr) return Error{ErrorCode::kUnavailable, "NATS is not connected"};
  if (std::exchange(epoch, connection.epoch()) != epoch) {
    for (Slot& slot : slots) {
      slot.stale = slot.owed;
      slot.rests_until = std::min(slot.rests_until, slot.sent_at + kRestAfterLoss);
    }
  }
  const bool same = current == nc;
  nc = std::move(current);
  for (Slot& slot : slots) {
    if (same && slot.subscription != nullptr) continue;  // nats.c renews subscriptions when it reconnects
    slot.subscription.reset();
    auto made = native::subscribe(nc.get(), slot.inbox);
    if (!made) return made.error();
    slot.subscription = std::move(*made);
  }
  return {};
}

// Takes late answers off a resting slot, waiting for the first.
void PublishSlots::Impl::collect_late(Slot& slot, milliseconds wait) {
  native::Message message;
  for (;; wait = milliseconds(0)) {
    const native::Got got = native::next_message(slot.subscription.get(), wait, message);
    if (got != native::Got::kMessage && got != native::Got::kNoResponders) return;
    answered(slot);
  }
}

Slot* PublishSlots::Impl::free_slot(SteadyClock::time_point now) {
  for (Slot& slot : slots) {
    if (!slot.items.empty()) continue;
    if (slot.owed > 0) {
      collect_late(slot, milliseconds(0));
      if (slot.owed > 0 && now < slot.rests_until) continue;
      slot.owed = slot.stale = 0;  // its answers will not come any more
    }
    return &slot;
  }
  return nullptr;
}

Slot* PublishSlots::Impl::slot_owing(const PublishItem& item) {
  const auto found = std::ranges::find_if(
      slots, [&](const Slot& slot) { return slot.items.empty() && slot.owed > 0 && slot.single_id == item.msg_id; });
  return found == slots.end() ? nullptr : &*found;
}

// False when there is nothing left to send, or no slot for it now.
bool PublishSlots::Impl::send_next(std::span<PublishItem> items, SteadyClock::time_point now) {
  const bool again = !singly.empty();
  if (!again && next == items.size()) return false;
  const std::size_t first = again ? singly.back() : next;
  std::size_t count = 1;
  Slot* slot = free_slot(now);
  if (slot == nullptr) {
    slot = slot_owing(items[first]);
    if (slot == nullptr) return false;
  } else if (!again) {
    while (count < PublishSlots::kMaxTogether && first + count < items.size() &&
           items[first + count].subject == items[first].subject)
      ++count;
  }
  slot->stored = slot->refused = 0;
  slot->one_cause = true;
  for (std::size_t index = first; index < first + count; ++index)
    if (send(*slot, items[index])) slot->items.push_back(index);
  if (again) {
    singly.pop_back();
  } else {
    next += count;
  }
  if (slot->items.empty()) return true;
  slot->single_id = slot->items.size() == 1 ? std::string(items[slot->items.front()].msg_id) : std::string();
  slot->owed += static_cast<unsigned>(slot->items.size());
  slot->sent_at = now;
  slot->rests_until = now + PublishSlots::kRest;
  flying.push_back(slot);
  return true;
}

// False when the item has its (bad) result already.
bool PublishSlots::Impl::send(Slot& slot, PublishItem& item) {
  if (!connection.connected()) {
    finish(item, ErrorCode::kUnavailable, "NATS is not connected");
    return false;
  }
  const std::string subject(item.subject);
  natsMsg* raw = nullptr;
  natsStatus status = natsMsg_Create(&raw, subject.c_str(), slot.inbox.c_str(), item.payload.data(),
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

// True when all of the slot's items have their results, or are to be sent once more.
bool PublishSlots::Impl::resolve(Slot& slot, std::span<PublishItem> items) {
  if (slot.stored + slot.refused < slot.items.size()) return false;
  // Which of them the refused ones are, the answers do not say.
  const bool told_apart = slot.refused == 0 || (slot.stored == 0 && slot.one_cause) || slot.items.size() == 1;
  for (const std::size_t index : slot.items) {
    if (!told_apart) {
      singly.push_back(index);
    } else if (slot.refused == 0) {
      finish(items[index], std::nullopt, {});
    } else {
      finish(items[index], slot.refusal.error, slot.refusal.text);
    }
  }
  slot.items.clear();
  return true;
}

// Takes the answers that are there, waiting for the first. True as resolve() says.
bool PublishSlots::Impl::collect(Slot& slot, std::span<PublishItem> items, milliseconds wait) {
  for (;; wait = milliseconds(0)) {
    native::Message message;
    const native::Got got = native::next_message(slot.subscription.get(), wait, message);
    if (got == native::Got::kTimeout) return false;
    if (got == native::Got::kGone) {
      for (const std::size_t index : slot.items)
        finish(items[index], ErrorCode::kUnavailable, "NATS inbox " + slot.inbox + " is gone");
      slot.items.clear();
      return true;
    }
    answered(slot);
    used.push_back(std::move(message));
    PubAck ack;
    if (got == native::Got::kNoResponders) {
      ack = {ErrorCode::kNotFound,
             "no stream takes the subject " + std::string(items[slot.items.front()].subject) + "; create one"};
    } else {
      natsMsg* answer = used.back().get();
      ack = parse_pub_ack({natsMsg_GetData(answer), static_cast<std::size_t>(natsMsg_GetDataLength(answer))});
    }
    if (!ack.error) {
      ++slot.stored;
    } else {
      if (slot.refused++ == 0) slot.refusal = ack;
      slot.one_cause = slot.one_cause && slot.refusal.error == ack.error;
    }
    if (resolve(slot, items)) return true;
  }
}

void PublishSlots::Impl::run(std::span<PublishItem> items, SteadyClock::time_point deadline) {
  while (next < items.size() || !singly.empty() || !flying.empty()) {
    const auto now = SteadyClock::now();
    if (lost() || now >= deadline) return;
    if (used.size() > kKeepUsed) used.clear();
    bool sent = false;
    while (send_next(items, now)) sent = true;
    if (sent) natsConnection_FlushTimeout(nc.get(), kFlushWait_ms);
    if (flying.empty()) {
      // Every slot rests: an answer of any of them would free it, so wait on one and look at all again.
      if (next < items.size() || !singly.empty()) collect_late(slots.front(), kHeadWait);
      continue;
    }
    // Half of them at a time: woken for each answer, this thread, the library's and the server would handle every
    // message by itself instead of many with one system call.
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - now) + milliseconds(1);
    const auto middle = flying.begin() + static_cast<std::ptrdiff_t>(flying.size() / 2);
    if (collect(**middle, items, std::min(kHeadWait, left))) flying.erase(middle);
    std::erase_if(flying, [&](Slot* slot) { return collect(*slot, items, milliseconds(0)); });
  }
}

PublishSlots::PublishSlots(NatsConnection& connection, unsigned replica, unsigned first, unsigned last)
    : impl_(std::make_unique<Impl>(connection, replica, first, last)) {}
PublishSlots::~PublishSlots() = default;

void PublishSlots::publish(std::span<PublishItem> items, milliseconds timeout) {
  const auto deadline = SteadyClock::now() + timeout;
  const std::lock_guard guard(impl_->mutex);
  for (PublishItem& item : items) finish(item, ErrorCode::kInternal, {});
  if (Status bound = impl_->bind(); !bound) {
    for (PublishItem& item : items) finish(item, bound.error().code, bound.error().text);
    return;
  }
  impl_->next = 0;
  impl_->singly.clear();
  impl_->run(items, deadline);
  for (Slot* slot : impl_->flying) slot->items.clear();
  impl_->flying.clear();
  impl_->used.clear();
  const bool lost = impl_->lost();
  for (PublishItem& item : items) {
    if (item.result != ErrorCode::kInternal || !item.text.empty()) continue;
    finish(item, lost ? ErrorCode::kUnavailable : ErrorCode::kTransient,
           lost ? "NATS was lost before the message was acknowledged"
                : "no stream acknowledged a message on " + std::string(item.subject) + " in time");
  }
}

}  // namespace dlrgw::host
