// SPDX-License-Identifier: Apache-2.0
#include "pipeline/batch_rules.hpp"

#include <dlrgw/abi/plugin.h>
#include <dlrgw/abi/stage.h>

#include "pipeline/retry_policy.hpp"

namespace dlrgw::host {
namespace {

using Action = Verdict::Action;

constexpr std::uint32_t kTurnedAwayMs = 5'000;  // as often as the breaker lets a call through
constexpr std::string_view kStageFailed = "stage_failed";

FailureKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnavailable:
      return FailureKind::kStageUnavailable;
    case ErrorCode::kTransient:
      return FailureKind::kStageLate;
    case ErrorCode::kData:
      return FailureKind::kData;
    default:
      return FailureKind::kBreach;
  }
}

FailureKind kind_of(const DbFailure& db) {
  if (db.in_doubt) return FailureKind::kConflict;  // run again, a receipt that was stored is recognised
  switch (db.blame) {
    case Blame::kServer:
      return FailureKind::kUnavailable;
    case Blame::kEnvironment:
      return FailureKind::kEnvironment;
    case Blame::kConflict:
      return FailureKind::kConflict;
    case Blame::kTimeout:
      return FailureKind::kTimeout;
    case Blame::kInvariant:
      return FailureKind::kInvariant;
    case Blame::kRow:
      return FailureKind::kData;
    case Blame::kCaller:
      break;
  }
  return FailureKind::kBreach;
}

}  // namespace

BatchFailure failure_of(const DbFailure* db, const Error& error, std::string_view stage, std::string_view plugin) {
  BatchFailure out;
  out.kind = kind_of(error.code);
  out.stage = stage;
  out.plugin = plugin;
  out.text = error.text;
  out.cause = cause_of_stage(stage);
  if (db != nullptr) {
    out.kind = kind_of(*db);
    out.text = db->text;
    out.cause = db->action;
    if (out.kind == FailureKind::kUnavailable || may_concern_some(out.kind)) out.dependency = kDependencyPostgres;
  } else if (out.kind == FailureKind::kStageUnavailable) {
    out.dependency = plugin;
  }
  return out;
}

std::string cause_of_stage(std::string_view stage) { return "stage " + std::string(stage); }

std::set<std::string> got_through(std::span<const UnitOfWork::Execution> executions,
                                  std::span<const std::string_view> stages) {
  std::set<std::string> out;
  out.emplace(kCommitAction);
  for (const UnitOfWork::Execution& one : executions) out.insert(one.statement->action());
  for (const std::string_view stage : stages) out.insert(cause_of_stage(stage));
  return out;
}

void limit_retry(Verdict& verdict, std::uint32_t retries, std::uint32_t max_retries, HoldRoom room) {
  if (verdict.action != Action::kRetry) return;
  if (room != HoldRoom::kNotTurnedAway) verdict.counts_as_retry = false;
  const bool reject =
      room == HoldRoom::kNotTurnedAway ? retries_exhausted(retries + 1, max_retries) : room == HoldRoom::kFull;
  if (!reject) return;
  verdict.action = Action::kReject;
  verdict.outcome = DLRGW_OUTCOME_REJECTED;
}

bool keeps_rows(Action action) { return action == Action::kContinue || action == Action::kDrop; }

Verdict reject_for(const BatchFailure& why) {
  return {Action::kReject, 0, false, to_string(why.kind), DLRGW_OUTCOME_REJECTED, why.stage, why.plugin};
}

Verdict retry_for(const BatchFailure& why, std::uint32_t retries) {
  return {Action::kRetry, backoff_ms(retries), true, to_string(why.kind), {}, why.stage, why.plugin};
}

Verdict turned_away_from(std::string_view stage, std::string_view plugin) {
  return {Action::kRetry, kTurnedAwayMs, true, kStageFailed, {}, stage, plugin};
}

Verdict put_away_for(const BatchFailure& why) {
  return {Action::kPutAway, 0, false, to_string(why.kind), {}, why.stage, why.plugin};
}

Settlement settle_as(const Verdict& verdict) {
  switch (verdict.action) {
    case Action::kContinue:
      return {Answer::kAck, true, false, 0, DLRGW_FATE_COMMITTED, "continue"};
    case Action::kDrop:
      return {Answer::kAck, true, false, 0, DLRGW_FATE_COMMITTED, "drop"};
    case Action::kRetry:
      return {Answer::kPark, false, verdict.counts_as_retry, verdict.retry_after_ms, DLRGW_FATE_RETRIED, "retry"};
    case Action::kReject:
      return {Answer::kTerm, true, false, 0, DLRGW_FATE_REJECTED, "reject"};
    case Action::kPutAway:
      break;
  }
  return {Answer::kAck, false, false, 0, DLRGW_FATE_RETRIED, "put_away"};
}

}  // namespace dlrgw::host
