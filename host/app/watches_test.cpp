// SPDX-License-Identifier: Apache-2.0
#include "app/watches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;
using Change = DatabaseWatch::Change;
using Step = BlockedWatch::Step;

constexpr MonotonicTime kStart{std::chrono::hours(1)};

TEST(DatabaseWatch, TellsEachChangeOnceAndTheFirstAnswerIsNoRecovery) {
  DatabaseWatch database;
  EXPECT_FALSE(database.is_up()) << "not looked at yet";
  EXPECT_EQ(database.set(true, kStart), Change::kFirstUp);
  EXPECT_EQ(database.set(true, kStart + 1s), Change::kNone);
  EXPECT_EQ(database.set(false, kStart + 60s), Change::kLost);
  EXPECT_EQ(database.set(false, kStart + 61s), Change::kNone);
  EXPECT_FALSE(database.is_up());
  EXPECT_EQ(database.set(true, kStart + 62s), Change::kRecovered);
  EXPECT_TRUE(database.is_up());
}

TEST(DatabaseWatch, AwayFromTheStartIsALoss) {
  DatabaseWatch database;
  EXPECT_EQ(database.set(false, kStart), Change::kLost);
  EXPECT_EQ(database.set(true, kStart + 1s), Change::kRecovered);
}

TEST(DatabaseWatch, AsksAServerThatComesAndGoesLessAndLessOften) {
  DatabaseWatch database;
  database.set(true, kStart);
  database.set(false, kStart + 60s);
  EXPECT_EQ(database.pause_before_probe(), 50ms);
  MonotonicTime now = kStart + 61s;
  for (int relapse = 1; relapse <= 12; ++relapse) {
    database.set(true, now);
    database.set(false, now += 1s);
    EXPECT_EQ(database.pause_before_probe(), 500ms * std::min(relapse, 10)) << relapse;
  }
  database.set(true, now);
  database.set(false, now + 6s);
  EXPECT_EQ(database.pause_before_probe(), 50ms) << "it held for long enough";
}

TEST(BlockedWatch, IsHeldThenOnTrialUntilWorkGoesOn) {
  BlockedWatch watch;
  EXPECT_EQ(watch.look(false, kStart), Step::kFree);
  watch.blocked("directory", "a table is locked", kStart);
  EXPECT_EQ(watch.look(false, kStart + 1s), Step::kHeld);
  EXPECT_EQ(watch.look(false, kStart + 3s), Step::kTrial);
  watch.blocked("directory", "a table is locked", kStart + 4s);  // the trial failed
  EXPECT_EQ(watch.look(false, kStart + 5s), Step::kHeld);
  EXPECT_EQ(watch.look(true, kStart + 7s), Step::kOver);
  EXPECT_EQ(watch.dependency(), "directory");
  EXPECT_EQ(watch.look(false, kStart + 8s), Step::kFree);
  EXPECT_EQ(watch.last_trouble(), "a table is locked") << "kept, for whoever asks why nothing gets on";
}

TEST(BlockedWatch, IsOverWhenNobodyRanIntoItForAWhile) {
  BlockedWatch watch;
  watch.blocked("postgresql", "a column is missing", kStart);
  EXPECT_EQ(watch.look(false, kStart + 18s), Step::kTrial);
  EXPECT_EQ(watch.look(false, kStart + 19s), Step::kOver);
}

TEST(BlockedWatch, ALostServerOutranksIt) {
  BlockedWatch watch;
  watch.blocked("postgresql", "a column is missing", kStart);
  watch.server_lost();
  EXPECT_EQ(watch.look(false, kStart + 1s), Step::kFree);
}

TEST(ProgressWatch, IsStuckWhenWorkWaitsAndNothingIsCommitted) {
  ProgressWatch watch;
  EXPECT_FALSE(watch.is_stuck(true, 1h, kStart)) << "looked at for the first time";
  EXPECT_FALSE(watch.is_stuck(true, 1h, kStart + 10s));
  EXPECT_TRUE(watch.is_stuck(true, 1h, kStart + 11s));
  EXPECT_TRUE(watch.is_stuck(true, 1h, kStart + 12s));
  EXPECT_FALSE(watch.is_stuck(true, 2s, kStart + 13s)) << "a batch was committed";
  EXPECT_FALSE(watch.is_stuck(true, 12s, kStart + 23s));
  EXPECT_TRUE(watch.is_stuck(true, 13s, kStart + 24s));
}

TEST(ProgressWatch, NothingToDoIsNotStuck) {
  ProgressWatch watch;
  for (int s = 0; s < 60; ++s) EXPECT_FALSE(watch.is_stuck(false, 1h, kStart + std::chrono::seconds(s))) << s;
  EXPECT_FALSE(watch.is_stuck(true, 1h, kStart + 61s)) << "work has just come";
}

TEST(HasWork, OnlyOfAnIntakeThatIsActive) {
  IntakeStatus intake;
  intake.active = true;
  EXPECT_FALSE(has_work(intake, false));
  EXPECT_TRUE(has_work(intake, true));
  intake.pending = 1;
  EXPECT_TRUE(has_work(intake, false));
  intake.pending = 0;
  intake.queued = 1;
  EXPECT_TRUE(has_work(intake, false));
  intake.active = false;
  EXPECT_FALSE(has_work(intake, true)) << "while it is held nothing can be expected";
}

std::vector<std::string> told(const std::vector<ReadyCheck>& checks) {
  std::vector<std::string> out;
  out.reserve(checks.size());
  for (const ReadyCheck& check : checks)
    out.push_back(check.name + " " + std::string(to_string(check.state)) + " " + check.detail);
  return out;
}

TEST(ReadyChecks, NameEachPartWithItsSentence) {
  IntakeStatus intake;
  intake.problem = "consumer SMS_DLR/dlr-processor not found";
  EXPECT_THAT(told(ready_checks(intake, true,
                                {{"postgresql", {HealthState::kDown, "refused"}},
                                 {"redis", {HealthState::kDegraded, "slow"}},
                                 {"progress", {HealthState::kOk, ""}}})),
              testing::ElementsAre("nats unavailable not connected; reconnecting",
                                   "consumer unavailable consumer SMS_DLR/dlr-processor not found",
                                   "draining unavailable the gateway is shutting down",
                                   "postgresql unavailable refused", "progress ok ", "redis degraded slow"));
  intake = {};
  intake.connected = intake.active = true;
  EXPECT_THAT(told(ready_checks(intake, false, {})), testing::ElementsAre("nats ok ", "consumer ok "));
}

}  // namespace
}  // namespace dlrgw::host
