// SPDX-License-Identifier: Apache-2.0
#include "pipeline/take_plan.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dlrgw::host {
namespace {

// A time-out keeps its lane busy for seconds. So a receipt that waits for a lock comes again after a longer time than
// the lock's time-out, and such receipts leave most of the lanes' time to the others.
constexpr std::uint32_t kLeastPauseAfterTimeoutMs = 8'000;

void add_task(LaneTasks& out, LaneTask::Kind kind, std::vector<Delivery> deliveries) {
  LaneTask& task = out.tasks.emplace_back();
  task.kind = kind;
  task.deliveries = std::move(deliveries);
}

}  // namespace

TakePlan::TakePlan(std::vector<Delivery> deliveries, WaitingRoom& waiting, CommonTrouble& trouble,
                   const std::function<bool(const Delivery&)>& alone)
    : waiting_(waiting), trouble_(trouble) {
  const auto rest = std::stable_partition(deliveries.begin(), deliveries.end(), [&](const Delivery& d) {
    return !waiting_.knows(d.stream_seq) && !(alone && alone(d));
  });
  for (auto one = std::make_reverse_iterator(deliveries.end()); one.base() != rest; ++one)
    groups_.emplace_back().deliveries.push_back(std::move(*one));
  deliveries.erase(rest, deliveries.end());
  if (!deliveries.empty()) groups_.emplace_back().deliveries = std::move(deliveries);
}

Group TakePlan::next() {
  Group group = std::move(groups_.back());
  groups_.pop_back();
  return group;
}

void TakePlan::committed(const std::vector<std::uint64_t>& sequences, const std::set<std::string>& got_through) {
  for (const std::uint64_t seq : sequences) waiting_.leave(seq);
  trouble_.committed(got_through);
  timeouts_ = 0;
  serves_ = failed_before_;
}

ReplayFacts TakePlan::facts_of(const Group& group, const BatchFailure& failure, const Surroundings& around) {
  if (failure.kind == FailureKind::kTimeout) ++timeouts_;
  const bool alone = group.deliveries.size() == 1;
  const std::uint64_t seq = group.deliveries.front().stream_seq;
  const bool waits = alone && waiting_.knows(seq);
  const bool counts = alone && !waits && may_concern_some(failure.kind);
  return {.kind = failure.kind,
          .size = group.deliveries.size(),
          .runs = group.runs,
          .others_commit = serves_ || around.last_commit_us > group.began_us,
          .waits = waits,
          .alike = counts ? trouble_.failed_alone(failure.cause, seq) : 0,
          .timeouts = timeouts_,
          .stopping = around.stopping};
}

LaneTasks TakePlan::failed(Group group, const BatchFailure& failure, const Surroundings& around) {
  using Action = ReplayStep::Action;
  LaneTasks out;
  const std::size_t size = group.deliveries.size();
  const ReplayStep step = plan_replay(facts_of(group, failure, around));
  failed_before_ = true;
  switch (step.action) {
    case Action::kRunAgain:
      add_task(out, LaneTask::Kind::kPause, {});
      out.tasks.back().delay_ms = step.delay_ms;
      groups_.push_back(std::move(group));
      break;
    case Action::kSplit:
      split(std::move(group), size / 2);
      break;
    case Action::kTryOne:
      // The trial may take as long as the time-out did; more receipts taken meanwhile would only wait for the same
      // thing.
      if (failure.kind == FailureKind::kTimeout) hold(failure, out);
      std::swap(group.deliveries.front(), group.deliveries[around.dice % size]);
      split(std::move(group), 1);
      break;
    case Action::kWait:
      wait(std::move(group), failure, around.now_us, out);
      break;
    case Action::kHold:
      hold(failure, out);
      give_everything_back(std::move(group), out);
      break;
    case Action::kGiveBack:
      out.server_lost = true;
      add_task(out, LaneTask::Kind::kGiveBack, std::move(group.deliveries));
      break;
    case Action::kRetryEach:
      add_task(out, LaneTask::Kind::kRetryEach, std::move(group.deliveries));
      break;
    case Action::kReject:
      add_task(out, LaneTask::Kind::kReject, std::move(group.deliveries));
      break;
  }
  return out;
}

// Splits the group so that its first `first` receipts run before the others.
void TakePlan::split(Group group, std::size_t first) {
  const auto middle = group.deliveries.begin() + static_cast<std::ptrdiff_t>(first);
  Group second;
  second.deliveries.assign(std::make_move_iterator(middle), std::make_move_iterator(group.deliveries.end()));
  second.told = true;
  group.deliveries.erase(middle, group.deliveries.end());
  group.runs = 0;
  groups_.push_back(std::move(second));
  groups_.push_back(std::move(group));
}

void TakePlan::wait(Group group, const BatchFailure& failure, std::int64_t now_us, LaneTasks& out) {
  const std::uint32_t least = failure.kind == FailureKind::kTimeout ? kLeastPauseAfterTimeoutMs : 0;
  for (Delivery& delivery : group.deliveries) {
    const WaitingRoom::Stay stay = waiting_.stay(delivery.stream_seq, to_string(failure.kind), now_us);
    LaneTask& task = out.tasks.emplace_back();
    task.kind = stay.put_away ? LaneTask::Kind::kPutAway : LaneTask::Kind::kWait;
    task.delay_ms = std::max(stay.pause_ms, least);
    task.message_id = group.message_id;
    task.deliveries.push_back(std::move(delivery));
  }
}

void TakePlan::hold(const BatchFailure& failure, LaneTasks& out) {
  trouble_.holds(failure.cause, failure.kind == FailureKind::kTimeout);
  out.hold = true;
}

void TakePlan::give_everything_back(Group group, LaneTasks& out) {
  add_task(out, LaneTask::Kind::kGiveBack, std::move(group.deliveries));
  for (Group& other : groups_) add_task(out, LaneTask::Kind::kGiveBack, std::move(other.deliveries));
  groups_.clear();
}

}  // namespace dlrgw::host
