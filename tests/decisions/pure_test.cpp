// SPDX-License-Identifier: Apache-2.0
// The decision table against the pure rules: each receipt a batch of its own, and all receipts of a phase in one batch.
#include <algorithm>

#include <gtest/gtest.h>

#include "decisions/cases.hpp"
#include "decisions/model.hpp"

namespace dlrgw::decisions {
namespace {

constexpr std::int64_t kMinuteUs = 60'000'000;
constexpr std::int64_t kHourUs = 60 * kMinuteUs;
constexpr std::int64_t kPhaseUs = 25 * kHourUs;
constexpr std::int64_t kStart = 1'760'000'000'000'000;

std::string name_of(message::Outcome outcome) {
  switch (outcome) {
    case message::Outcome::kRedelivered:
      return "redelivered";
    case message::Outcome::kQuarantined:
      return "quarantined";
    case message::Outcome::kDuplicate:
      return "duplicate";
    case message::Outcome::kLate:
      return "late";
    case message::Outcome::kApplied:
      return "applied";
  }
  return {};
}

class PureRun {
 public:
  PureRun(const Case& item, bool one_batch) : case_(item), one_batch_(one_batch) {
    message_.segment_count = item.segments;
    message_.one_for_all = item.single;
    message_.status = item.status;
    if (!item.undated && message::is_terminal_message_status(item.status)) message_.terminal_since_us = kStart;
    for (const auto& [name, submit] : item.submits) message_.submits.push_back(submit_of(submit));
  }

  void run() {
    for (std::size_t phase = 0; phase < case_.phases; ++phase) {
      if (phase > 0) run_sweep(message_, now(phase));
      std::vector<const CaseReceipt*> lines;
      for (const CaseReceipt& line : case_.receipts)
        if (line.phase == phase) lines.push_back(&line);
      if (one_batch_) {
        run(lines, phase);
      } else {
        for (const CaseReceipt* line : lines) run({line}, phase);
      }
    }
    check_end();
  }

 private:
  static std::int64_t now(std::size_t phase) { return kStart + static_cast<std::int64_t>(phase) * kPhaseUs; }
  static Submit submit_of(const CaseSubmit& submit) {
    return {submit.segment, submit.total, submit.requested, kStart - submit.age_minutes * kMinuteUs};
  }

  ModelReceipt receipt_of(const CaseReceipt& line, std::size_t phase) {
    if (line.again > 0) return sent_.at(line.again - 1);
    ModelReceipt receipt;
    receipt.identity = {"event " + std::to_string(line.line), "fingerprint " + std::to_string(line.line)};
    receipt.submit = submit_of(case_.submits.at(line.submit));
    receipt.status = status_of(line.stat);
    receipt.raw = line.stat;
    receipt.error_code = line.error_code;
    receipt.received_at_us = now(phase);
    if (line.dated_hours != 0) receipt.dlr_timestamp_us = now(phase) + line.dated_hours * kHourUs;
    return receipt;
  }

  void run(const std::vector<const CaseReceipt*>& lines, std::size_t phase) {
    std::vector<ModelReceipt> batch;
    for (const CaseReceipt* line : lines) {
      batch.push_back(receipt_of(*line, phase));
      sent_.push_back(batch.back());
    }
    const auto decisions = run_batch(message_, batch, now(phase));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(name_of(decisions[i].outcome), lines[i]->outcome) << "line " << lines[i]->line;
      EXPECT_EQ(decisions[i].kind ? to_string(*decisions[i].kind) : "", lines[i]->kind) << "line " << lines[i]->line;
    }
  }

  void check_end() const {
    EXPECT_EQ(message_.status, case_.ends.empty() ? case_.status : case_.ends);
    ASSERT_EQ(message_.aggregates.size(), case_.reason.empty() ? 0U : 1U);
    if (!message_.aggregates.empty()) {
      const message::Aggregate& aggregate = message_.aggregates.front();
      EXPECT_EQ(to_string(aggregate.reason), case_.reason);
      EXPECT_EQ(aggregate.received, case_.received);
      EXPECT_EQ(aggregate.expected, case_.expected);
      EXPECT_EQ(aggregate.delivered, case_.delivered);
      EXPECT_EQ(aggregate.error_code, case_.error_code);
    }
    std::vector<Webhook> told;
    for (const std::string& status : case_.told)
      told.push_back({static_cast<std::uint32_t>(told.size() + 1), status, false});
    if (!case_.reason.empty()) told.push_back({static_cast<std::uint32_t>(told.size() + 1), case_.ends, true});
    EXPECT_EQ(message_.webhooks, told);
    for (const auto& [index, status] : case_.shown) EXPECT_EQ(shown(index), status) << "segment " << index;
  }

  // As the portal's view: the final state outranks, of intermediate ones any is UNKNOWN.
  [[nodiscard]] std::string shown(std::uint32_t index) const {
    std::string text = "PENDING";
    for (const auto& row : message_.segment_rows)
      if (row.segment.index == index && (text == "PENDING" || is_terminal(row.segment.status)))
        text = std::string(to_string(row.segment.status)) + (row.late ? "*" : "");
    for (const auto& seen : message_.receipts)
      if (case_.segments == 1 && seen.segment == index && !seen.late) text = to_string(seen.status);
    return text;
  }

  const Case& case_;
  const bool one_batch_;
  ModelMessage message_;
  std::vector<ModelReceipt> sent_;
};

class DecisionTable : public testing::TestWithParam<bool> {};

TEST_P(DecisionTable, EachCaseAgainstThePureRules) {
  const std::vector<Case> cases = read_cases(DLRGW_DECISION_CASES);
  EXPECT_GE(cases.size(), 80U);
  for (const Case& item : cases) {
    SCOPED_TRACE("line " + std::to_string(item.line) + ": " + item.name);
    PureRun(item, GetParam()).run();
  }
}

INSTANTIATE_TEST_SUITE_P(Batches, DecisionTable, testing::Bool(),
                         [](const auto& one_batch) { return one_batch.param ? "AllInOne" : "OneEach"; });

}  // namespace
}  // namespace dlrgw::decisions
