// SPDX-License-Identifier: Apache-2.0
#include "pipeline/batch_rules.hpp"

#include <array>

#include <gtest/gtest.h>

#include <dlrgw/abi/plugin.h>
#include <dlrgw/abi/stage.h>

namespace dlrgw::host {
namespace {

using Action = Verdict::Action;

TEST(FailureOf, WhatAStageSaysItself) {
  const std::pair<ErrorCode, FailureKind> table[] = {{ErrorCode::kUnavailable, FailureKind::kStageUnavailable},
                                                     {ErrorCode::kTransient, FailureKind::kStageLate},
                                                     {ErrorCode::kData, FailureKind::kData},
                                                     {ErrorCode::kInternal, FailureKind::kBreach},
                                                     {ErrorCode::kInvalid, FailureKind::kBreach}};
  for (const auto& [code, kind] : table) {
    const BatchFailure failure = failure_of(nullptr, {code, "why"}, "acme.stage", "acme");
    EXPECT_EQ(failure.kind, kind);
    EXPECT_EQ(failure.text, "why");
    EXPECT_EQ(failure.cause, "stage acme.stage");
    EXPECT_EQ(failure.dependency, kind == FailureKind::kStageUnavailable ? "acme" : "");
  }
}

TEST(FailureOf, WhatPostgresSaidOutranksIt) {
  const std::pair<Blame, FailureKind> table[] = {
      {Blame::kServer, FailureKind::kUnavailable},  {Blame::kEnvironment, FailureKind::kEnvironment},
      {Blame::kConflict, FailureKind::kConflict},   {Blame::kTimeout, FailureKind::kTimeout},
      {Blame::kInvariant, FailureKind::kInvariant}, {Blame::kRow, FailureKind::kData},
      {Blame::kCaller, FailureKind::kBreach}};
  for (const auto& [blame, kind] : table) {
    DbFailure db;
    db.blame = blame;
    db.text = "said";
    db.action = "statement acme.seen";
    const BatchFailure failure = failure_of(&db, {ErrorCode::kInternal, "made of it"}, "s", "p");
    EXPECT_EQ(failure.kind, kind);
    EXPECT_EQ(failure.text, "said");
    EXPECT_EQ(failure.cause, "statement acme.seen");
    const bool postgres = blame == Blame::kServer || blame == Blame::kEnvironment || blame == Blame::kTimeout;
    EXPECT_EQ(failure.dependency, postgres ? kDependencyPostgres : "");
    db.in_doubt = true;
    EXPECT_EQ(failure_of(&db, {ErrorCode::kInternal, ""}, "s", "p").kind, FailureKind::kConflict);
  }
}

TEST(GotThrough, NamesStatementsStagesAndTheCommit) {
  StatementDef def{"acme", "seen", "SELECT 1", true, false, 0, {}};
  const Statement statement = *Statement::compile(def, 0);
  const std::array<UnitOfWork::Execution, 1> executions{UnitOfWork::Execution{&statement, 1, 0}};
  const std::array<std::string_view, 1> stages{"acme.stage"};
  EXPECT_EQ(got_through(executions, stages),
            (std::set<std::string>{"COMMIT", "stage acme.stage", "statement acme.seen"}));
}

Verdict retry() { return {Action::kRetry, 3'000, true, "r", {}, "s", "p"}; }

TEST(LimitRetry, CountsAStagesOwnAndRejectsTheOneTooMany) {
  Verdict v = retry();
  limit_retry(v, 19, 20, HoldRoom::kNotTurnedAway);
  EXPECT_EQ(v.action, Action::kRetry);
  EXPECT_TRUE(v.counts_as_retry);
  limit_retry(v, 20, 20, HoldRoom::kNotTurnedAway);
  EXPECT_EQ(v.action, Action::kReject);
  EXPECT_EQ(v.outcome, DLRGW_OUTCOME_REJECTED);
}

TEST(LimitRetry, AQuirkThatIsNotCalledCostsNoRetryAsLongAsThereIsRoom) {
  Verdict v = retry();
  limit_retry(v, 1'000, 20, HoldRoom::kHeld);
  EXPECT_EQ(v.action, Action::kRetry);
  EXPECT_FALSE(v.counts_as_retry);
  limit_retry(v, 0, 20, HoldRoom::kFull);
  EXPECT_EQ(v.action, Action::kReject);
}

TEST(LimitRetry, ConcernsRetriesOnly) {
  Verdict v;
  limit_retry(v, 1'000, 20, HoldRoom::kNotTurnedAway);
  EXPECT_EQ(v.action, Action::kContinue);
}

TEST(HostVerdicts, NameTheFailure) {
  const BatchFailure why{FailureKind::kBreach, "s", "p", {}, "text", "cause"};
  EXPECT_EQ(reject_for(why).action, Action::kReject);
  EXPECT_EQ(reject_for(why).reason, "breach");
  EXPECT_EQ(retry_for(why, 2).retry_after_ms, 2'000U);
  EXPECT_TRUE(retry_for(why, 0).counts_as_retry);
  EXPECT_EQ(put_away_for(why).action, Action::kPutAway);
  EXPECT_EQ(put_away_for(why).outcome, "");
}

TEST(SettleAs, OneAnswerEach) {
  struct Expected {
    Action action;
    Answer answer;
    bool has_outcome, keeps;
    std::uint32_t fate;
    std::string_view label;
  };
  for (const Expected& e : {Expected{Action::kContinue, Answer::kAck, true, true, DLRGW_FATE_COMMITTED, "continue"},
                            Expected{Action::kDrop, Answer::kAck, true, true, DLRGW_FATE_COMMITTED, "drop"},
                            Expected{Action::kRetry, Answer::kPark, false, false, DLRGW_FATE_RETRIED, "retry"},
                            Expected{Action::kReject, Answer::kTerm, true, false, DLRGW_FATE_REJECTED, "reject"},
                            Expected{Action::kPutAway, Answer::kAck, false, false, DLRGW_FATE_RETRIED, "put_away"}}) {
    Verdict v;
    v.action = e.action;
    v.retry_after_ms = 3'000;
    const Settlement settled = settle_as(v);
    EXPECT_EQ(settled.answer, e.answer) << e.label;
    EXPECT_EQ(settled.has_outcome, e.has_outcome) << e.label;
    EXPECT_EQ(settled.fate, e.fate) << e.label;
    EXPECT_EQ(settled.label, e.label);
    EXPECT_EQ(keeps_rows(e.action), e.keeps) << e.label;
    EXPECT_EQ(settled.park_ms, e.action == Action::kRetry ? 3'000U : 0U);
    EXPECT_EQ(settled.counts_retry, e.action == Action::kRetry);
  }
}

}  // namespace
}  // namespace dlrgw::host
