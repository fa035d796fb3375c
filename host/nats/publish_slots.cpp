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
constexpr std::size_t kKeepUsed = 256;
constexpr std::int64_t kFlushWait_ms = 10;

struct Slot {
  std::string inbox;
  native::Subscription subscription;
  std::size_t item = 0;    // index of the item in flight
  bool in_flight = false;  // belongs to the running call
  unsigned owed = 0;       // answers that may still come
  unsigned stale = 0;      // of these, to what was sent on an earlier connection
  std::string msg_id;      // what they are about
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
  Slot* slot_for(const PublishItem& item, SteadyClock::time_point now);
  bool send(Slot& slot, PublishItem& item, std::size_t index);
  bool collect(Slot& slot, std::span<PublishItem> items, milliseconds wait);
  void collect_late(Slot& slot, milliseconds wait);
  void run(std::span<PublishItem> items, SteadyClock::time_point deadline);

  NatsConnection& connection;
  std::mutex mutex;  // guards everything below: one call at a time
  std::shared_ptr<natsConnection> nc;
  std::vector<Slot> slots;
  std::vector<Slot*> flying;  // in the order of their publish
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

Slot* PublishSlots::Impl::slot_for(const PublishItem& item, SteadyClock::time_point now) {
  Slot* free = nullptr;
  for (Slot& slot : slots) {
    if (slot.in_flight) continue;
    if (slot.owed > 0) {
      if (slot.msg_id == item.msg_id) return &slot;
      collect_late(slot, milliseconds(0));
      if (slot.owed > 0 && now < slot.rests_until) continue;
      slot.owed = slot.stale = 0;  // its answers will not come any more
    }
    if (free == nullptr) free = &slot;
  }
  return free;
}

// False when the item has its (bad) result already.
bool PublishSlots::Impl::send(Slot& slot, PublishItem& item, std::size_t index) {
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
  if (status != NATS_OK) {
    const Error error = native::error_of(status, "NATS publish on " + subject);
    finish(item, error.code, error.text);
    return false;
  }
  const auto now = SteadyClock::now();
  if (now >= slot.rests_until) slot.owed = slot.stale = 0;
  slot.item = index;
  slot.in_flight = true;
  slot.msg_id = item.msg_id;
  ++slot.owed;
  slot.sent_at = now;
  slot.rests_until = now + kRest;
  return true;
}

// True when the slot's item has its result.
bool PublishSlots::Impl::collect(Slot& slot, std::span<PublishItem> items, milliseconds wait) {
  native::Message message;
  const native::Got got = native::next_message(slot.subscription.get(), wait, message);
  if (got == native::Got::kTimeout) return false;
  PublishItem& item = items[slot.item];
  slot.in_flight = false;
  if (got == native::Got::kGone) {
    finish(item, ErrorCode::kUnavailable, "NATS inbox " + slot.inbox + " is gone");
    return true;
  }
  answered(slot);
  used.push_back(std::move(message));
  if (got == native::Got::kNoResponders) {
    finish(item, ErrorCode::kNotFound, "no stream takes the subject " + std::string(item.subject) + "; create one");
    return true;
  }
  natsMsg* answer = used.back().get();
  PubAck ack = parse_pub_ack({natsMsg_GetData(answer), static_cast<std::size_t>(natsMsg_GetDataLength(answer))});
  finish(item, ack.error, std::move(ack.text));
  return true;
}

void PublishSlots::Impl::run(std::span<PublishItem> items, SteadyClock::time_point deadline) {
  std::size_t next = 0;
  while (next < items.size() || !flying.empty()) {
    const auto now = SteadyClock::now();
    if (lost() || now >= deadline) return;
    if (used.size() > kKeepUsed) used.clear();
    const std::size_t sent_before = next;
    while (next < items.size()) {
      Slot* slot = slot_for(items[next], now);
      if (slot == nullptr) break;
      if (send(*slot, items[next], next)) flying.push_back(slot);
      ++next;
    }
    if (next != sent_before) natsConnection_FlushTimeout(nc.get(), kFlushWait_ms);
    if (flying.empty()) {
      if (next == items.size()) return;
      // Every slot rests: an answer of any of them would free it, so wait on one and look at all again.
      collect_late(slots.front(), kHeadWait);
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
  impl_->run(items, deadline);
  for (Slot* slot : impl_->flying) slot->in_flight = false;
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
