// SPDX-License-Identifier: Apache-2.0
// Every rule over every status, then the order of the rules.
#include <gtest/gtest.h>

#include "message/decide_fixture.hpp"

namespace dlrgw::message {
namespace {

TEST(Decide, any_status_is_applied_to_a_message_without_history) {
  for (const DlrStatus status : kAllDlrStatuses) {
    const Decision decision = ask(pending(), incoming(status));
    EXPECT_EQ(decision.outcome, Outcome::kApplied) << to_string(status);
    EXPECT_FALSE(decision.kind) << to_string(status);
    EXPECT_EQ(decision.prior_intermediates, 0U);
  }
}

TEST(Decide, every_pair_of_statuses_of_a_single_segment_message) {
  for (const DlrStatus before : kAllDlrStatuses) {
    for (const DlrStatus after : kAllDlrStatuses) {
      History history = is_terminal(before) ? finished(before) : pending();
      if (!is_terminal(before)) history.receipts = {seen(before, "ACCEPTD")};
      const Decision decision = ask(history, incoming(after, is_terminal(after) ? "X" : "ENROUTE"));
      const std::string pair = std::string(to_string(before)) + " then " + std::string(to_string(after));
      if (!is_terminal(before)) {
        EXPECT_EQ(decision.outcome, Outcome::kApplied) << pair << ": an intermediate receipt never blocks";
        EXPECT_EQ(decision.prior_intermediates, 1U) << pair;
      } else if (before == after) {
        EXPECT_EQ(decision.outcome, Outcome::kDuplicate) << pair;
      } else {
        ASSERT_EQ(decision.outcome, Outcome::kLate) << pair;
        EXPECT_EQ(decision.kind, is_terminal(after) ? LateKind::kTerminalConflict : LateKind::kTransient) << pair;
        EXPECT_EQ(decision.prior_status, to_string(before)) << pair;
      }
    }
  }
}

TEST(Decide, redelivered_needs_event_id_and_fingerprint) {
  for (const std::optional<LateKind> late : {std::optional<LateKind>{}, std::optional(LateKind::kTransient)}) {
    History history = finished(DlrStatus::kDelivered);
    history.receipts.push_back(seen(DlrStatus::kUnknown, "A", 7, 1, late));
    EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "A", 7)).outcome, Outcome::kRedelivered);
    Incoming other = incoming(DlrStatus::kDelivered, "X", 7);
    other.identity.fingerprint = "another";
    EXPECT_EQ(ask(history, other).outcome, Outcome::kDuplicate);
    other = incoming(DlrStatus::kDelivered, "X", 7);
    other.identity.event_id = "another";
    EXPECT_EQ(ask(history, other).outcome, Outcome::kDuplicate);
  }
}

TEST(Decide, redelivered_finds_a_quarantine_row) {
  History history = finished(DlrStatus::kDelivered);
  history.quarantined = {identity(7)};
  EXPECT_EQ(ask(history, incoming(DlrStatus::kFailed, "X", 7)).outcome, Outcome::kRedelivered);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kFailed, "X", 8)).outcome, Outcome::kLate);
}

TEST(Decide, quarantine_needs_both_ages_and_both_times) {
  struct Case {
    std::optional<std::int64_t> receipt_age, terminal_age;
    std::string_view message_status;
    bool quarantined;
  };
  const Case cases[] = {
      {300 * kSecond + 1, 24 * kHour + 1, "DELIVERED", true},
      {300 * kSecond, 24 * kHour + 1, "DELIVERED", false},
      {300 * kSecond + 1, 24 * kHour, "DELIVERED", false},
      {std::nullopt, 48 * kHour, "DELIVERED", false},
      {kHour, std::nullopt, "DELIVERED", false},
      {kHour, 48 * kHour, "SENT", false},
      {-kHour, 48 * kHour, "DELIVERED", false},
      {kHour, 48 * kHour, "FAILED", true},
      {kHour, 48 * kHour, "UNDELIVERED", true},
      {kHour, 48 * kHour, "EXPIRED", true},
      {kHour, 48 * kHour, "REJECTED", true},
      {kHour, 48 * kHour, "PARTIAL", true},
  };
  for (const DlrStatus status : kAllDlrStatuses) {
    for (const Case& c : cases) {
      History history = finished(DlrStatus::kDelivered);
      history.message_status = c.message_status;
      history.terminal_since_us = c.terminal_age ? std::optional(kNow - *c.terminal_age) : std::nullopt;
      Incoming receipt = incoming(status);
      receipt.dlr_timestamp_us = c.receipt_age ? std::optional(kNow - *c.receipt_age) : std::nullopt;
      EXPECT_EQ(ask(history, receipt).outcome == Outcome::kQuarantined, c.quarantined)
          << to_string(status) << " on " << c.message_status;
    }
  }
}

TEST(Decide, quarantine_comes_before_duplicate_and_after_redelivered) {
  History history = finished(DlrStatus::kDelivered);
  history.terminal_since_us = kNow - 48 * kHour;
  Incoming replay = incoming(DlrStatus::kDelivered);
  replay.dlr_timestamp_us = kNow - 48 * kHour;
  EXPECT_EQ(ask(history, replay).outcome, Outcome::kQuarantined);
  replay.identity = history.receipts[0].identity;
  EXPECT_EQ(ask(history, replay).outcome, Outcome::kRedelivered);
}

TEST(Decide, a_final_duplicate_is_one_of_the_same_segment_and_status) {
  History history = pending();
  history.receipts = {seen(DlrStatus::kDelivered, "DELIVRD", 100, 2)};
  EXPECT_EQ(ask(history, incoming(DlrStatus::kDelivered, "DELIVRD", 1, 2)).outcome, Outcome::kDuplicate);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kDelivered, "OTHER", 1, 2)).outcome, Outcome::kDuplicate);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kDelivered, "DELIVRD", 1, 1)).outcome, Outcome::kApplied);
}

TEST(Decide, an_intermediate_duplicate_is_one_of_the_same_segment_and_raw) {
  History history = pending();
  history.receipts = {seen(DlrStatus::kUnknown, "ACCEPTD", 100, 1)};
  EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "ACCEPTD")).outcome, Outcome::kDuplicate);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "ENROUTE")).outcome, Outcome::kApplied);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "")).outcome, Outcome::kApplied);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "ACCEPTD", 1, 2)).outcome, Outcome::kApplied);
}

TEST(Decide, late_rows_count_for_duplicates) {
  History history = finished(DlrStatus::kDelivered);
  history.receipts.push_back(seen(DlrStatus::kFailed, "FAILED", 101, 1, LateKind::kTerminalConflict));
  history.receipts.push_back(seen(DlrStatus::kUnknown, "ACCEPTD", 102, 1, LateKind::kTransient));
  EXPECT_EQ(ask(history, incoming(DlrStatus::kFailed)).outcome, Outcome::kDuplicate);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "ACCEPTD")).outcome, Outcome::kDuplicate);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kExpired)).outcome, Outcome::kLate);
}

TEST(Decide, the_seventeenth_raw_of_a_segment_is_a_duplicate) {
  History history = pending();
  for (int i = 0; i < 15; ++i) history.receipts.push_back(seen(DlrStatus::kUnknown, "R" + std::to_string(i), 100 + i));
  EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "R15")).outcome, Outcome::kApplied);
  history.receipts.push_back(seen(DlrStatus::kUnknown, "R15", 115));
  EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "R16")).outcome, Outcome::kDuplicate);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "R16", 1, 2)).outcome, Outcome::kApplied) << "another segment";
  EXPECT_EQ(ask(history, incoming(DlrStatus::kDelivered)).outcome, Outcome::kApplied) << "the final one always passes";
  EXPECT_EQ(ask(history, incoming(DlrStatus::kDelivered)).prior_intermediates, 16U);
}

TEST(Decide, the_same_raw_twice_in_the_tables_counts_once) {
  History history = pending();
  for (int i = 0; i < 15; ++i) history.receipts.push_back(seen(DlrStatus::kUnknown, "R" + std::to_string(i), 100 + i));
  history.receipts.push_back(seen(DlrStatus::kUnknown, "R0", 200, 1, LateKind::kTransient));
  EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "R15")).outcome, Outcome::kApplied);
}

TEST(Decide, terminal_for_a_reason_other_than_our_receipts_is_late) {
  for (const std::string_view status : {"DELIVERED", "FAILED", "UNDELIVERED", "EXPIRED", "REJECTED", "PARTIAL"}) {
    History history{std::string(status), std::nullopt, false, {}, {}};
    EXPECT_EQ(ask(history, incoming(DlrStatus::kDelivered)).kind, LateKind::kTerminalConflict) << status;
    EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown)).kind, LateKind::kTransient) << status;
    EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown)).prior_status, status);
  }
  for (const std::string_view status : {"", "SENT", "UNKNOWN", "delivered", "DELIVERED "}) {
    History history{std::string(status), std::nullopt, false, {}, {}};
    EXPECT_EQ(ask(history, incoming(DlrStatus::kDelivered)).outcome, Outcome::kApplied) << status;
  }
}

TEST(Decide, a_segment_behind_the_aggregate_is_after_partial) {
  History history{"PARTIAL", kNow - kHour, true, {seen(DlrStatus::kDelivered, "DELIVRD", 100, 1)}, {}};
  EXPECT_EQ(ask(history, incoming(DlrStatus::kDelivered, "X", 1, 2)).kind, LateKind::kAfterPartial);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kUnknown, "X", 1, 2)).kind, LateKind::kTransient);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kFailed, "X", 1, 1)).kind, LateKind::kTerminalConflict);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kDelivered, "X", 1, 1)).outcome, Outcome::kDuplicate);
}

TEST(Decide, a_segment_has_one_row_behind_the_aggregate) {
  History history{"PARTIAL", kNow - kHour, true, {}, {}};
  const Incoming first = incoming(DlrStatus::kDelivered, "X", 1, 2);
  fold(history, first, ask(history, first), kNow);
  EXPECT_EQ(ask(history, incoming(DlrStatus::kFailed, "Y", 2, 2)).kind, LateKind::kTerminalConflict)
      << "after_partial writes the segment row, which exists now";
  EXPECT_EQ(ask(history, incoming(DlrStatus::kFailed, "Y", 2, 3)).kind, LateKind::kAfterPartial);
}

// ---- attempts ----

Incoming of_attempt(DlrStatus status, std::int64_t submitted_at_us, int n = 1, std::uint32_t segment = 1) {
  Incoming receipt = incoming(status, "RAW", n, segment);
  receipt.submitted_at_us = submitted_at_us;
  return receipt;
}
// Segment 1 was submitted at 100 and again at 200.
History submitted_twice() {
  History history = pending();
  history.newest_submit_us = {{1, 200}};
  return history;
}

TEST(Superseded, only_failures_of_an_older_attempt) {
  for (const DlrStatus status : kAllDlrStatuses) {
    const Decision older = ask(submitted_twice(), of_attempt(status, 100));
    const Decision newest = ask(submitted_twice(), of_attempt(status, 200));
    if (is_failure(status)) {
      ASSERT_EQ(older.outcome, Outcome::kLate) << to_string(status);
      EXPECT_EQ(older.kind, LateKind::kSupersededAttempt) << to_string(status);
      EXPECT_EQ(older.prior_status, "") << to_string(status);
    } else {
      EXPECT_EQ(older.outcome, Outcome::kApplied) << to_string(status);
    }
    EXPECT_EQ(newest.outcome, Outcome::kApplied) << to_string(status);
  }
}

TEST(Superseded, a_newer_attempt_of_another_segment_does_not_count) {
  EXPECT_EQ(ask(submitted_twice(), of_attempt(DlrStatus::kFailed, 100, 1, 2)).outcome, Outcome::kApplied);
  EXPECT_EQ(ask(submitted_twice(), incoming(DlrStatus::kFailed)).outcome, Outcome::kApplied) << "its submit is unknown";
}

TEST(Superseded, the_newest_attempts_same_failure_is_no_duplicate_of_it) {
  History history = submitted_twice();
  const auto d = run(history, {of_attempt(DlrStatus::kFailed, 100, 1), of_attempt(DlrStatus::kFailed, 100, 2),
                               of_attempt(DlrStatus::kFailed, 200, 3), of_attempt(DlrStatus::kFailed, 200, 4),
                               of_attempt(DlrStatus::kFailed, 100, 5), of_attempt(DlrStatus::kExpired, 100, 6)});
  EXPECT_EQ(d[0].kind, LateKind::kSupersededAttempt);
  EXPECT_EQ(d[1].outcome, Outcome::kDuplicate) << "the older attempt's own copy";
  EXPECT_EQ(d[2].outcome, Outcome::kApplied) << "this one ends the message";
  EXPECT_EQ(d[3].outcome, Outcome::kDuplicate);
  EXPECT_EQ(d[4].outcome, Outcome::kDuplicate);
  EXPECT_EQ(d[5].kind, LateKind::kSupersededAttempt) << "before late: not the conflict it would be otherwise";
  EXPECT_EQ(d[5].prior_status, "FAILED");
}

TEST(Superseded, comes_behind_quarantined_and_duplicate) {
  History history = finished(DlrStatus::kDelivered);
  history.newest_submit_us = {{1, 200}};
  history.terminal_since_us = kNow - 48 * kHour;
  Incoming receipt = of_attempt(DlrStatus::kFailed, 100);
  EXPECT_EQ(ask(history, receipt).kind, LateKind::kSupersededAttempt);
  receipt.dlr_timestamp_us = kNow - 48 * kHour;
  EXPECT_EQ(ask(history, receipt).outcome, Outcome::kQuarantined);
  receipt.dlr_timestamp_us = std::nullopt;
  history.receipts.push_back(seen(DlrStatus::kFailed, "X", 101, 1, LateKind::kTerminalConflict));
  EXPECT_EQ(ask(history, receipt).outcome, Outcome::kDuplicate);
}

// ---- release ----

TEST(Released, only_the_rule_of_quarantine_is_off) {
  History history = finished(DlrStatus::kDelivered);
  history.terminal_since_us = kNow - 48 * kHour;
  Incoming replay = incoming(DlrStatus::kDelivered, "DELIVRD", 7);
  replay.dlr_timestamp_us = kNow - 48 * kHour;
  history.quarantined = {replay.identity};
  EXPECT_EQ(ask(history, replay).outcome, Outcome::kRedelivered);
  replay.released = true;
  EXPECT_EQ(ask(history, replay).outcome, Outcome::kDuplicate);
  replay.status = DlrStatus::kFailed;
  EXPECT_EQ(ask(history, replay).kind, LateKind::kTerminalConflict);
  history.receipts.push_back({1, DlrStatus::kFailed, "X", replay.identity, LateKind::kTerminalConflict});
  EXPECT_EQ(ask(history, replay).outcome, Outcome::kRedelivered) << "released before";
}

// ---- clocks that jump ----

TEST(Clocks, a_jump_quarantines_nothing_by_itself) {
  History history = finished(DlrStatus::kDelivered);
  Incoming receipt = incoming(DlrStatus::kDelivered, "DELIVRD", 5);
  const auto at = [&](std::int64_t terminal_since, std::int64_t dlr_time, std::int64_t now) {
    history.terminal_since_us = terminal_since;
    receipt.dlr_timestamp_us = dlr_time;
    return decide(history, receipt, kLimits, now).outcome;
  };
  EXPECT_EQ(at(kNow + 48 * kHour, kNow, kNow), Outcome::kDuplicate) << "the message ends in the future";
  EXPECT_EQ(at(kNow - 48 * kHour, kNow + 48 * kHour, kNow), Outcome::kDuplicate) << "so does the receipt";
  EXPECT_EQ(at(kNow, kNow, kNow - 48 * kHour), Outcome::kDuplicate) << "our clock was set back";
  EXPECT_EQ(at(kNow, kNow, kNow + 48 * kHour), Outcome::kQuarantined) << "set ahead, everything is old: kept, not lost";
  EXPECT_EQ(at(0, 0, kNow), Outcome::kQuarantined) << "the epoch is a time like any other";
}

TEST(LateKind, names_go_there_and_back) {
  for (const LateKind kind : kAllLateKinds) EXPECT_EQ(late_kind_from(to_string(kind)), kind);
  EXPECT_FALSE(late_kind_from("receipt"));
}

}  // namespace
}  // namespace dlrgw::message
