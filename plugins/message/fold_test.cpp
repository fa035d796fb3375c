// SPDX-License-Identifier: Apache-2.0
// The fold of one batch: an earlier receipt is history for the next.
#include <gtest/gtest.h>

#include "message/decide_fixture.hpp"

namespace dlrgw::message {
namespace {

TEST(Fold, undelivered_and_delivered_of_one_message) {
  const auto d =
      run(pending(), {incoming(DlrStatus::kUndelivered, "UNDELIV", 1), incoming(DlrStatus::kDelivered, "DELIVRD", 2)});
  EXPECT_EQ(d[0].outcome, Outcome::kApplied);
  EXPECT_EQ(d[1].outcome, Outcome::kLate);
  EXPECT_EQ(d[1].kind, LateKind::kTerminalConflict);
}

TEST(Fold, two_copies_and_the_same_delivery_twice) {
  const auto d =
      run(pending(), {incoming(DlrStatus::kDelivered, "DELIVRD", 1), incoming(DlrStatus::kDelivered, "DELIVRD", 2),
                      incoming(DlrStatus::kDelivered, "DELIVRD", 1)});
  EXPECT_EQ(d[0].outcome, Outcome::kApplied);
  EXPECT_EQ(d[1].outcome, Outcome::kDuplicate);
  EXPECT_EQ(d[2].outcome, Outcome::kRedelivered);
}

TEST(Fold, intermediate_then_final_and_the_counts_between) {
  const auto d =
      run(pending(), {incoming(DlrStatus::kUnknown, "ACCEPTD", 1), incoming(DlrStatus::kUnknown, "ENROUTE", 2),
                      incoming(DlrStatus::kDelivered, "DELIVRD", 3)});
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(d[i].outcome, Outcome::kApplied) << i;
    EXPECT_EQ(d[i].prior_intermediates, i) << i;
  }
}

TEST(Fold, final_then_intermediate_is_transient_and_counted_for_no_one) {
  const auto d =
      run(pending(), {incoming(DlrStatus::kDelivered, "DELIVRD", 1), incoming(DlrStatus::kUnknown, "ACCEPTD", 2),
                      incoming(DlrStatus::kUnknown, "ACCEPTD", 3)});
  EXPECT_EQ(d[1].kind, LateKind::kTransient);
  EXPECT_EQ(d[2].outcome, Outcome::kDuplicate);
}

TEST(Fold, segments_of_one_message_do_not_end_it) {
  const Incoming one = incoming(DlrStatus::kDelivered, "DELIVRD", 1, 1);
  const Incoming two = incoming(DlrStatus::kFailed, "FAILED", 2, 2);
  History history = pending();
  history.total_segments = 3;
  const auto d = run(history, {one, two});
  EXPECT_EQ(d[0].outcome, Outcome::kApplied);
  EXPECT_EQ(d[1].outcome, Outcome::kApplied);
}

TEST(Fold, a_quarantined_replay_is_known_when_it_comes_again) {
  History history = finished(DlrStatus::kDelivered);
  history.terminal_since_us = kNow - 48 * kHour;
  Incoming replay = incoming(DlrStatus::kDelivered, "DELIVRD", 5);
  replay.dlr_timestamp_us = kNow - 48 * kHour;
  const auto d = run(history, {replay, replay});
  EXPECT_EQ(d[0].outcome, Outcome::kQuarantined);
  EXPECT_EQ(d[1].outcome, Outcome::kRedelivered);
}

History of_segments(std::uint32_t total) {
  History history = pending();
  history.total_segments = total;
  return history;
}

TEST(Fold, what_comes_behind_the_last_segment_is_late) {
  const auto d =
      run(of_segments(2), {incoming(DlrStatus::kDelivered, "A", 1, 1), incoming(DlrStatus::kFailed, "B", 2, 2),
                           incoming(DlrStatus::kDelivered, "C", 3, 5), incoming(DlrStatus::kUnknown, "D", 4, 5)});
  EXPECT_EQ(d[1].outcome, Outcome::kApplied);
  EXPECT_EQ(d[2].kind, LateKind::kAfterPartial) << "a segment that nobody waited for";
  EXPECT_EQ(d[3].kind, LateKind::kTransient);
}

TEST(Fold, an_unknown_segment_keeps_the_message_open) {
  const auto d =
      run(of_segments(2), {incoming(DlrStatus::kDelivered, "A", 1, 1), incoming(DlrStatus::kUnknown, "B", 2, 2),
                           incoming(DlrStatus::kDelivered, "C", 3, 2), incoming(DlrStatus::kFailed, "E", 4, 3)});
  EXPECT_EQ(d[2].outcome, Outcome::kApplied);
  EXPECT_EQ(d[3].kind, LateKind::kAfterPartial);
}

TEST(Fold, segments_without_request_are_not_waited_for) {
  History history = of_segments(3);
  history.unrequested = {2, 3};
  const auto d = run(history, {incoming(DlrStatus::kDelivered, "B", 1, 2), incoming(DlrStatus::kDelivered, "A", 2, 1),
                               incoming(DlrStatus::kDelivered, "C", 3, 3)});
  EXPECT_EQ(d[0].outcome, Outcome::kApplied) << "the requested one is still missing";
  EXPECT_EQ(d[1].outcome, Outcome::kApplied);
  EXPECT_EQ(d[2].kind, LateKind::kAfterPartial);
  history.unrequested = {1, 2, 3};
  const auto none = run(history, {incoming(DlrStatus::kUnknown, "A", 1, 1), incoming(DlrStatus::kDelivered, "B", 2, 2),
                                  incoming(DlrStatus::kDelivered, "C", 3, 3)});
  EXPECT_EQ(none[1].outcome, Outcome::kApplied);
  EXPECT_EQ(none[2].kind, LateKind::kAfterPartial) << "with nothing to wait for the first final one decides";
}

TEST(Fold, one_receipt_for_all_segments_ends_the_message) {
  Incoming accepted = incoming(DlrStatus::kUnknown, "ACCEPTD", 1, 1);
  Incoming first = incoming(DlrStatus::kDelivered, "DELIVRD", 2, 1);
  Incoming second = incoming(DlrStatus::kDelivered, "DELIVRD", 3, 2);
  accepted.one_for_all = first.one_for_all = second.one_for_all = true;
  const auto d = run(of_segments(3), {accepted, first, second});
  EXPECT_EQ(d[0].outcome, Outcome::kApplied);
  EXPECT_EQ(d[1].outcome, Outcome::kApplied);
  EXPECT_EQ(d[2].kind, LateKind::kAfterPartial);
}

TEST(Fold, intermediates_of_several_segments_were_told_to_nobody) {
  const auto d =
      run(of_segments(2), {incoming(DlrStatus::kUnknown, "A", 1, 1), incoming(DlrStatus::kUnknown, "B", 2, 2),
                           incoming(DlrStatus::kDelivered, "C", 3, 1)});
  ASSERT_EQ(d.size(), 3U);
  for (const Decision& decision : d) EXPECT_EQ(decision.prior_intermediates, 0U);
  // Taken for one of one segment before its other rows came: that one was told.
  History history = of_segments(2);
  history.receipts = {seen(DlrStatus::kUnknown, "A", 100, 1), seen(DlrStatus::kUnknown, "B", 101, 2)};
  history.silent_intermediates = 1;
  EXPECT_EQ(ask(history, incoming(DlrStatus::kDelivered, "C", 1, 1)).prior_intermediates, 1U);
}

}  // namespace
}  // namespace dlrgw::message
