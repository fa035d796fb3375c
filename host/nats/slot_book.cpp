// SPDX-License-Identifier: Apache-2.0
#include "nats/slot_book.hpp"

#include <algorithm>
#include <utility>

namespace dlrgw::host {
namespace {

constexpr std::size_t kManySubjects = 64;

}  // namespace

int SlotBook::freedom(const Slot& slot, Time now) {
  if (slot.claimed) return 0;
  if (slot.owed == 0)
    return slot.answer ? 1 : 3;  // an answer that nobody may ask for any more; it is kept until the inbox is needed
  if (slot.open || slot.answer) return now >= slot.last_sent + kForget ? 1 : 0;
  const auto rest = slot.owed <= slot.stale ? std::chrono::milliseconds(kRestAfterLoss) : kRest;
  return now >= slot.last_sign + rest ? 2 : 0;
}

// A message without an answer does not make its subject silent when a later answer came for another message of the
// subject – unless that message is still being waited for.
bool SlotBook::silent(const Subject& subject, Time now) const {
  if (now < subject.last_answer + kSilence) return false;
  return std::ranges::any_of(slots_, [&](const Slot& slot) {
    return slot.subject == &subject && carries(slot) && slot.sent_here && now >= slot.first_sent + kSilence &&
           (slot.claimed || slot.last_sent >= subject.last_answer);
  });
}

bool SlotBook::silent(std::string_view subject, Time now) const {
  const auto found = subjects_.find(subject);
  return found != subjects_.end() && silent(found->second, now);
}

SlotBook::Time SlotBook::last_answer(std::string_view subject) const {
  const auto found = subjects_.find(subject);
  return found == subjects_.end() ? Time{} : found->second.last_answer;
}

SlotBook::Subject& SlotBook::subject_of(std::string_view name) {
  const auto known = subjects_.find(name);
  if (known != subjects_.end()) return known->second;
  if (subjects_.size() >= kManySubjects) forget_subjects();
  return subjects_.try_emplace(std::string(name)).first->second;
}

void SlotBook::forget_subjects() {
  std::erase_if(subjects_, [&](const auto& entry) {
    return std::ranges::none_of(slots_, [&](const Slot& slot) { return slot.subject == &entry.second; });
  });
}

SlotBook::Step SlotBook::next(std::string_view subject, std::string_view id, std::size_t bytes, Time now) {
  Subject& mine = subject_of(subject);
  std::size_t waited_for = 0;
  std::size_t in_flight_bytes = 0;
  bool left_some = false;
  std::size_t available = 0;
  std::size_t best = 0;
  int freest = 0;
  std::optional<std::size_t> own;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    const int free = freedom(slot, now);
    if (free != 0) ++available;
    if (free > freest) {
      freest = free;
      best = i;
    }
    const bool of_mine = slot.subject == &mine;
    if (of_mine && slot.id == id && (slot.claimed || slot.owed > 0 || slot.answer)) own = i;
    if (free != 0 || !of_mine) continue;
    left_some = left_some || (slot.open && !slot.claimed);
    if (!slot.claimed) continue;
    ++waited_for;
    if (carries(slot)) in_flight_bytes += slot.bytes;
  }
  const bool quiet = silent(mine, now);
  const bool probing = waited_for != 0;
  const bool scarce = available <= slots_.size() / kReserve;
  if (own) return again(*own, quiet, probing, now);
  if (quiet || mine.last_answer == Time{}) {
    if (probing) return {quiet ? Step::Kind::kSilent : Step::Kind::kNotNow};
    if (scarce) return {Step::Kind::kSilent};
  } else if (waited_for >= available || (left_some && scarce)) {
    return {Step::Kind::kNotNow};
  }
  if (in_flight_bytes != 0 && in_flight_bytes + bytes > kMaxBytes)
    return {quiet ? Step::Kind::kSilent : Step::Kind::kNotNow};
  Slot& slot = slots_[best];
  slot = {};
  slot.subject = &mine;
  slot.id = id;
  slot.bytes = bytes;
  send(slot, now);
  return {Step::Kind::kSend, best};
}

// A message that has a slot of its own from an earlier attempt.
SlotBook::Step SlotBook::again(std::size_t index, bool silent, bool probing, Time now) {
  Slot& slot = slots_[index];
  if (slot.claimed) return {Step::Kind::kNotNow};
  if (slot.answer) return {Step::Kind::kDone, index, *take(index)};
  if (silent && probing) return {Step::Kind::kSilent};
  if (carries(slot) && slot.sent_here && now < slot.last_sent + kSilence) {
    slot.claimed = true;
    return {Step::Kind::kJoin, index};
  }
  send(slot, now);
  return {Step::Kind::kSend, index};
}

void SlotBook::send(Slot& slot, Time now) {
  if (!slot.sent_here || !carries(slot)) slot.first_sent = now;
  slot.claimed = slot.open = slot.sent_here = true;
  slot.stored = false;
  slot.last_sent = slot.last_sign = now;
  ++slot.owed;
}

void SlotBook::not_sent(std::size_t index) {
  Slot& slot = slots_[index];
  slot.claimed = false;
  if (--slot.owed == 0) slot.open = false;
}

void SlotBook::answered(std::size_t index, PubAck ack, Time now) {
  Slot& slot = slots_[index];
  if (slot.subject == nullptr) return;
  if (slot.owed > 0) --slot.owed;
  slot.stale = std::min(slot.stale, slot.owed);
  slot.last_sign = now;
  slot.subject->last_answer = now;
  if (slot.stored) return;  // already known
  // If one attempt was refused and another stored, the message is stored.
  if (!slot.answer || (slot.answer->error && !ack.error)) slot.answer = std::move(ack);
  if (!slot.open && slot.answer->error) slot.answer.reset();  // that answer was handed out before
}

std::optional<PubAck> SlotBook::take(std::size_t index) {
  Slot& slot = slots_[index];
  if (!slot.answer) return std::nullopt;
  slot.claimed = slot.open = false;
  slot.stored = !slot.answer->error;
  return std::exchange(slot.answer, std::nullopt);
}

void SlotBook::leave(std::size_t index) { slots_[index].claimed = false; }

void SlotBook::connection_lost() {
  for (Slot& slot : slots_) {
    slot.stale = slot.owed;
    slot.sent_here = false;
  }
}

}  // namespace dlrgw::host
