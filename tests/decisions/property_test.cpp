// SPDX-License-Identifier: Apache-2.0
// Random histories against the pure rules, in random batches, with crashes before and behind the commit, days that pass
// and sweeps in between. A failure names its seed; DLRGW_SEED=<seed> runs that one alone.
#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include <gtest/gtest.h>

#include "decisions/histories.hpp"

namespace dlrgw::decisions {
namespace {

using message::Decision;
using message::Outcome;

constexpr std::size_t kHistories = 20'000;
constexpr std::int64_t kHourUs = 3'600'000'000;

struct Run {
  ModelMessage message;
  std::vector<std::pair<message::Identity, Decision>> committed;  // in order
};

bool is_stored(Outcome outcome) { return outcome != Outcome::kRedelivered && outcome != Outcome::kDuplicate; }

// Every receipt is delivered until it is committed once; after a crash the batch is delivered again.
Run play(Random& random, const RandomHistory& history, bool days_pass) {
  Run run{history.message, {}};
  std::int64_t now_us = HistoryOptions{}.start_us;
  std::vector<ModelReceipt> waiting = history.receipts;
  while (!waiting.empty()) {
    const std::size_t size = std::min<std::size_t>(waiting.size(), 1 + random() % 6);
    const std::vector<ModelReceipt> batch(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(size));
    if (once_in(random, 6)) {  // before the commit: nothing of it is there
      ModelMessage lost = run.message;
      run_batch(lost, batch, now_us);
      std::ranges::shuffle(waiting, random);
      continue;
    }
    const auto decisions = run_batch(run.message, batch, now_us);
    EXPECT_EQ(decisions.size(), batch.size()) << "one outcome for each";
    for (std::size_t i = 0; i < batch.size(); ++i) run.committed.emplace_back(batch[i].identity, decisions[i]);
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(size));
    if (once_in(random, 6)) waiting.insert(waiting.end(), batch.begin(), batch.end());  // behind it: unacknowledged
    if (days_pass && once_in(random, 5)) now_us += static_cast<std::int64_t>(random() % 30) * kHourUs;
    if (days_pass && once_in(random, 20)) now_us -= kHourUs;  // the clock is set back
    if (once_in(random, 3)) run_sweep(run.message, now_us);
  }
  if (days_pass) run_sweep(run.message, now_us + 25 * kHourUs);
  return run;
}

// The segments as they were applied; a late one decided nothing.
message::SegmentSet applied_of(const ModelMessage& message) {
  message::SegmentSet set;
  for (const auto& row : message.segment_rows)
    if (!row.late) set.add(row.segment);
  return set;
}

void check(const RandomHistory& history, const Run& run) {
  const ModelMessage& message = run.message;
  EXPECT_LE(message.aggregates.size(), 1U) << "at most one aggregate and billing event";
  EXPECT_LE(std::ranges::count_if(message.webhooks, [](const Webhook& w) { return w.final; }), 1);
  for (std::size_t i = 0; i < message.webhooks.size(); ++i) EXPECT_EQ(message.webhooks[i].sequence, i + 1);
  EXPECT_EQ(message.aggregates.empty(), message.status == history.message.status);

  std::map<std::string, std::size_t> stored;
  std::set<std::string> answered;
  for (const auto& [identity, decision] : run.committed) {
    answered.insert(identity.event_id);
    if (is_stored(decision.outcome)) {
      EXPECT_EQ(++stored[identity.event_id], 1U) << identity.event_id << " was stored twice";
    } else if (decision.outcome == Outcome::kRedelivered) {
      EXPECT_EQ(stored[identity.event_id], 1U) << identity.event_id << " is known but not stored";
    }
  }
  for (const ModelReceipt& receipt : history.receipts) EXPECT_TRUE(answered.contains(receipt.identity.event_id));
  EXPECT_EQ(stored.size(), message.receipts.size() + message.quarantined.size());
  if (message.aggregates.empty() || message.segment_rows.empty()) return;

  // What was published is what the rows say.
  const message::Aggregate& aggregate = message.aggregates.front();
  std::size_t finals = 0;
  const message::SegmentSet applied = applied_of(message);
  for (const auto& segment : applied.segments()) finals += is_terminal(segment.status) ? 1 : 0;
  EXPECT_LE(aggregate.received, finals);
  EXPECT_LE(aggregate.delivered, aggregate.received);
  EXPECT_LE(aggregate.received, aggregate.expected);
  EXPECT_EQ(aggregate.reason == message::Reason::kGraceExpired, aggregate.received < aggregate.expected);
  EXPECT_EQ(to_string(aggregate.status), message.status);
}

TEST(RandomHistories, NoOrderCrashOrDayBreaksTheRules) {
  for (const std::uint64_t seed : seeds(kHistories)) {
    SCOPED_TRACE("DLRGW_SEED=" + std::to_string(seed));
    Random random(seed);
    const RandomHistory history = random_history(random, {});
    ASSERT_NO_THROW(check(history, play(random, history, true)));
    if (testing::Test::HasFailure()) return;
  }
}

struct End {
  std::string status;
  std::uint32_t received = 0, expected = 0, delivered = 0;
  std::string error_code;
  friend bool operator==(const End&, const End&) = default;
  friend std::ostream& operator<<(std::ostream& out, const End& end) {
    return out << end.status << " " << end.received << "/" << end.expected << " delivered " << end.delivered
               << " error '" << end.error_code << "'";
  }
};

End end_of(const ModelMessage& message) {
  if (message.aggregates.empty()) return {message.status, 0, 0, 0, {}};
  const message::Aggregate& a = message.aggregates.front();
  return {message.status, a.received, a.expected, a.delivered, a.error_code};
}

TEST(RandomHistories, TheEndDoesNotDependOnTheOrderOfSegments) {
  for (const std::uint64_t seed : seeds(kHistories / 4)) {
    SCOPED_TRACE("DLRGW_SEED=" + std::to_string(seed));
    Random random(seed);
    RandomHistory history = random_history(random, {.without_conflicts = true});
    for (ModelReceipt& receipt : history.receipts) {
      receipt.submit.total = history.message.segment_count;
      receipt.dlr_timestamp_us.reset();
    }
    const End first = end_of(play(random, history, false).message);
    EXPECT_NE(first.status, "SUBMITTED") << "every segment has its final receipt";
    for (int order = 0; order < 6; ++order) {
      std::ranges::shuffle(history.receipts, random);
      EXPECT_EQ(end_of(play(random, history, false).message), first) << "order " << order;
    }
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace dlrgw::decisions
