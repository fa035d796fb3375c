// SPDX-License-Identifier: Apache-2.0
// A lane's take with a database that exists only as a rule: which receipts it refuses, and how.
#include "pipeline/take_plan.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

std::vector<Delivery> deliveries(std::uint64_t count, std::uint64_t first = 1) {
  std::vector<Delivery> out(count);
  for (std::uint64_t i = 0; i < count; ++i) out[i].stream_seq = first + i;
  return out;
}

// nullopt: the group commits.
using Rule = std::function<std::optional<BatchFailure>(const std::vector<Delivery>&)>;

struct Result {
  std::map<std::uint64_t, std::string> fate;  // committed, waits, put away, given back, retried, rejected
  std::size_t runs = 0;
  std::size_t pauses = 0;
  bool hold = false, server_lost = false;
  std::size_t count(const std::string& what) const {
    return static_cast<std::size_t>(
        std::count_if(fate.begin(), fate.end(), [&](const auto& one) { return one.second == what; }));
  }
};

const char* name_of(LaneTask::Kind kind) {
  switch (kind) {
    case LaneTask::Kind::kPause:
      return "";
    case LaneTask::Kind::kGiveBack:
      return "given back";
    case LaneTask::Kind::kWait:
      return "waits";
    case LaneTask::Kind::kPutAway:
      return "put away";
    case LaneTask::Kind::kRetryEach:
      return "retried";
    case LaneTask::Kind::kReject:
      return "rejected";
  }
  return "";
}

class TakePlanTest : public testing::Test {
 protected:
  Result run(std::vector<Delivery> taken, const Rule& rule) {
    Result out;
    TakePlan take(std::move(taken), waiting_, trouble_);
    while (!take.done() && out.runs < 5'000) {
      Group group = take.next();
      group.began_us = ++now_us_;
      ++out.runs;
      const auto failure = rule(group.deliveries);
      if (!failure) {
        std::vector<std::uint64_t> sequences;
        for (const Delivery& d : group.deliveries) sequences.push_back(d.stream_seq);
        for (const std::uint64_t seq : sequences) out.fate[seq] = "committed";
        last_commit_us_ = ++now_us_;
        take.committed(sequences, {"statement x"});
        continue;
      }
      ++group.runs;
      if (others_commit_) last_commit_us_ = ++now_us_;
      const LaneTasks tasks = take.failed(
          std::move(group), *failure,
          {.last_commit_us = last_commit_us_, .now_us = ++now_us_, .stopping = stopping_, .dice = out.runs});
      out.hold = out.hold || tasks.hold;
      out.server_lost = out.server_lost || tasks.server_lost;
      for (const LaneTask& task : tasks.tasks) {
        if (task.kind == LaneTask::Kind::kPause) ++out.pauses;
        for (const Delivery& d : task.deliveries) out.fate[d.stream_seq] = name_of(task.kind);
      }
    }
    return out;
  }
  static Rule refuses(std::uint64_t bad, FailureKind kind) {
    return [=](const std::vector<Delivery>& group) -> std::optional<BatchFailure> {
      for (const Delivery& d : group)
        if (d.stream_seq == bad) return BatchFailure{kind, {}, {}, "postgresql", "no", "statement x"};
      return std::nullopt;
    };
  }
  static Rule refuses_all(FailureKind kind) {
    return [=](const auto&) { return BatchFailure{kind, {}, {}, "postgresql", "no", "statement x"}; };
  }

  WaitingRoom waiting_{{}};
  CommonTrouble trouble_;
  std::int64_t now_us_ = 0;
  std::int64_t last_commit_us_ = 0;
  bool others_commit_ = false;
  bool stopping_ = false;
};

TEST_F(TakePlanTest, AllIsWell) {
  const Result r = run(deliveries(256), [](const auto&) { return std::nullopt; });
  EXPECT_EQ(r.runs, 1U);
  EXPECT_EQ(r.count("committed"), 256U);
}

TEST_F(TakePlanTest, OneOf256WaitsAndTheOthersAreDone) {
  for (const FailureKind kind : {FailureKind::kEnvironment, FailureKind::kStageUnavailable, FailureKind::kTimeout}) {
    others_commit_ = true;
    const Result r = run(deliveries(256), refuses(77, kind));
    EXPECT_EQ(r.count("committed"), 255U) << to_string(kind);
    EXPECT_EQ(r.fate.at(77), "waits") << to_string(kind);
    EXPECT_LE(r.runs, 20U) << to_string(kind);
    EXPECT_FALSE(r.hold) << to_string(kind);
    waiting_.leave(77);
  }
}

TEST_F(TakePlanTest, ASuspectRunsAloneAndTheOthersTogether) {
  TakePlan take(deliveries(5), waiting_, trouble_, [](const Delivery& d) { return d.stream_seq == 2; });
  std::vector<std::vector<std::uint64_t>> groups;
  while (!take.done()) {
    const Group group = take.next();
    auto& sequences = groups.emplace_back();
    for (const Delivery& d : group.deliveries) sequences.push_back(d.stream_seq);
    take.committed(sequences, {});
  }
  std::sort(groups.begin(), groups.end());
  EXPECT_EQ(groups, (std::vector<std::vector<std::uint64_t>>{{1, 3, 4, 5}, {2}}));
}

TEST_F(TakePlanTest, TheOnlyLaneFindsOutByItself) {
  const Result r = run(deliveries(64), refuses(33, FailureKind::kEnvironment));
  EXPECT_EQ(r.count("committed"), 63U);
  EXPECT_EQ(r.fate.at(33), "waits");
  EXPECT_FALSE(r.hold);
}

TEST_F(TakePlanTest, WhereNobodyCommitsAllIsGivenBackAtOnce) {
  for (const FailureKind kind : {FailureKind::kEnvironment, FailureKind::kStageUnavailable, FailureKind::kTimeout}) {
    const Result r = run(deliveries(256), refuses_all(kind));
    EXPECT_EQ(r.count("given back"), 256U);
    EXPECT_EQ(r.runs, 2U);
    EXPECT_TRUE(r.hold);
    EXPECT_FALSE(trouble_.is_over());
  }
}

// Orphans and UNKNOWN get through, everything that runs the statement does not.
TEST_F(TakePlanTest, SeveralThatFailAlikeHoldTheIntakeThoughOthersCommit) {
  others_commit_ = true;
  const Result r = run(deliveries(256), refuses_all(FailureKind::kEnvironment));
  EXPECT_TRUE(r.hold);
  EXPECT_EQ(r.count("waits"), kAlikeToHold - 1);
  EXPECT_EQ(r.count("given back"), 256U - (kAlikeToHold - 1));
  const Result trial = run(deliveries(256, 1'000), refuses_all(FailureKind::kEnvironment));
  EXPECT_EQ(trial.count("waits"), 0U) << "a trial during the trouble makes nobody wait";
  EXPECT_EQ(trial.count("given back"), 256U);
}

TEST_F(TakePlanTest, AThousandRefusedHereAndThereHoldNobodyUp) {
  others_commit_ = true;
  const Result r = run(deliveries(1'000), [](const std::vector<Delivery>& group) -> std::optional<BatchFailure> {
    for (const Delivery& d : group)
      if (d.stream_seq % 20 == 0)
        return BatchFailure{FailureKind::kStageUnavailable, "s", "p", "p", "no", "statement x"};
    return std::nullopt;
  });
  EXPECT_EQ(r.count("committed"), 950U);
  EXPECT_EQ(r.count("waits"), 50U);
  EXPECT_FALSE(r.hold);
}

TEST_F(TakePlanTest, ATimeOutHoldsTheIntakeWhileOneIsTried) {
  const Result r = run(deliveries(8), refuses(5, FailureKind::kTimeout));
  EXPECT_TRUE(r.hold);
  EXPECT_EQ(r.count("committed"), 7U);
  EXPECT_TRUE(trouble_.is_over()) << "a batch was committed";
}

TEST_F(TakePlanTest, WhoWaitsRunsAloneBehindTheOthers) {
  (void)waiting_.stay(1, "environment", 0);
  (void)waiting_.stay(3, "environment", 0);
  TakePlan take(deliveries(4), waiting_, trouble_);
  const auto next = [&] {
    std::vector<std::uint64_t> out;
    const Group group = take.next();
    for (const Delivery& d : group.deliveries) out.push_back(d.stream_seq);
    return out;
  };
  EXPECT_EQ(next(), (std::vector<std::uint64_t>{2, 4}));
  EXPECT_EQ(next(), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(next(), (std::vector<std::uint64_t>{3}));
  EXPECT_TRUE(take.done());
}

TEST_F(TakePlanTest, WhoWaitsAndFailsAgainHoldsNobodyUpAndIsForgottenWhenItIsDone) {
  (void)waiting_.stay(1, "environment", 0);
  EXPECT_EQ(run(deliveries(1), refuses(1, FailureKind::kEnvironment)).fate.at(1), "waits");
  EXPECT_EQ(run(deliveries(1), [](const auto&) { return std::nullopt; }).fate.at(1), "committed");
  EXPECT_FALSE(waiting_.knows(1));
}

TEST_F(TakePlanTest, WhoHasWaitedForTooLongIsPutAway) {
  for (; now_us_ < 3'600'000'000; now_us_ += 60'000'000) (void)waiting_.stay(1, "environment", now_us_);
  EXPECT_EQ(run(deliveries(1), refuses(1, FailureKind::kEnvironment)).fate.at(1), "put away");
}

TEST_F(TakePlanTest, ALockKeepsItsReceiptAwayForLongerThanItsTimeOut) {
  others_commit_ = true;
  TakePlan take(deliveries(1), waiting_, trouble_);
  Group group = take.next();
  group.began_us = 1;
  const LaneTasks tasks = take.failed(std::move(group), {FailureKind::kTimeout, {}, {}, "postgresql", "no", "x"},
                                      {.last_commit_us = 2, .now_us = 3, .stopping = false, .dice = 0});
  ASSERT_EQ(tasks.tasks.size(), 1U);
  EXPECT_EQ(tasks.tasks[0].kind, LaneTask::Kind::kWait);
  EXPECT_EQ(tasks.tasks[0].delay_ms, 8'000U);
}

TEST_F(TakePlanTest, ManyTimeOutsInARowMakeTheRestWait) {
  others_commit_ = true;
  const Result r = run(deliveries(256), [n = 0](const auto&) mutable -> std::optional<BatchFailure> {
    return BatchFailure{FailureKind::kTimeout, {}, {}, "postgresql", "no", "statement " + std::to_string(++n)};
  });
  EXPECT_LE(r.runs, kMaxTimeoutsInARow + 256);
  EXPECT_EQ(r.count("waits") + r.count("given back"), 256U);
}

TEST_F(TakePlanTest, AnAbsentServerGivesTheGroupBackAndAConflictRunsAgain) {
  const Result away = run(deliveries(8), refuses_all(FailureKind::kUnavailable));
  EXPECT_TRUE(away.server_lost);
  EXPECT_EQ(away.count("given back"), 8U);
  int left = 2;
  const Result conflict = run(deliveries(8), [&](const auto&) -> std::optional<BatchFailure> {
    if (left-- > 0) return BatchFailure{FailureKind::kConflict, {}, {}, {}, "deadlock", "statement x"};
    return std::nullopt;
  });
  EXPECT_EQ(conflict.count("committed"), 8U);
  EXPECT_EQ(conflict.pauses, 2U);
}

TEST_F(TakePlanTest, ARowThatCannotBeStoredIsRejectedAndABreachRetried) {
  EXPECT_EQ(run(deliveries(16), refuses(5, FailureKind::kData)).fate.at(5), "rejected");
  const Result breach = run(deliveries(16), refuses(5, FailureKind::kBreach));
  EXPECT_EQ(breach.fate.at(5), "retried");
  EXPECT_EQ(breach.count("committed"), 15U);
  EXPECT_EQ(run(deliveries(4), refuses(2, FailureKind::kInvariant)).fate.at(2), "waits");
}

TEST_F(TakePlanTest, AShutdownGivesBackWhatTimesOut) {
  stopping_ = true;
  const Result r = run(deliveries(16), refuses_all(FailureKind::kTimeout));
  EXPECT_EQ(r.runs, 1U);
  EXPECT_EQ(r.count("given back"), 16U);
}

}  // namespace
}  // namespace dlrgw::host
