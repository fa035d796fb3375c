// SPDX-License-Identifier: Apache-2.0
#include "message/complete.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace dlrgw::message {
namespace {

using enum DlrStatus;

Segment segment(std::uint32_t index, DlrStatus status, std::string error = {}, std::int64_t received = 1000) {
  return {index, status, std::move(error), received, received + 5};
}
SegmentSet set_of(const std::vector<DlrStatus>& statuses) {
  SegmentSet set;
  for (std::uint32_t i = 0; i < statuses.size(); ++i)
    if (statuses[i] != kNone) set.add(segment(i + 1, statuses[i], "e" + std::to_string(i + 1), 1000 + i));
  return set;
}
Expectation of(std::uint32_t total) { return {total, {}, false, false}; }

constexpr DlrStatus kTerminals[] = {kDelivered, kFailed, kUndelivered, kExpired, kRejected};

// The table of the contract in the plainest words.
AggregateStatus expected_status(const std::vector<DlrStatus>& all) {
  const auto count = [&](DlrStatus s) { return std::count(all.begin(), all.end(), s); };
  const auto n = static_cast<std::ptrdiff_t>(all.size());
  if (count(kDelivered) == n) return AggregateStatus::kDelivered;
  if (count(kFailed) > 0) return AggregateStatus::kFailed;
  if (count(kUndelivered) == n) return AggregateStatus::kUndelivered;
  if (count(kExpired) == n) return AggregateStatus::kExpired;
  if (count(kRejected) == n) return AggregateStatus::kRejected;
  return count(kDelivered) > 0 ? AggregateStatus::kPartial : AggregateStatus::kFailed;
}

TEST(Finalise, every_combination_of_three_final_segments) {
  for (const DlrStatus a : kTerminals)
    for (const DlrStatus b : kTerminals)
      for (const DlrStatus c : kTerminals) {
        const std::vector<DlrStatus> all = {a, b, c};
        const auto out = finalise(set_of(all), of(3));
        ASSERT_TRUE(out);
        const std::string name =
            std::string(to_string(a)) + " " + std::string(to_string(b)) + " " + std::string(to_string(c));
        EXPECT_EQ(to_string(out->status), to_string(expected_status(all))) << name;
        EXPECT_EQ(out->reason, Reason::kComplete);
        EXPECT_EQ(out->expected, 3U);
        EXPECT_EQ(out->received, 3U);
        EXPECT_EQ(out->delivered, static_cast<std::uint32_t>(std::count(all.begin(), all.end(), kDelivered))) << name;
      }
}

TEST(Finalise, rows_of_the_table_by_name) {
  const auto status = [](const std::vector<DlrStatus>& all) {
    return to_string(finalise(set_of(all), of(static_cast<std::uint32_t>(all.size())))->status);
  };
  EXPECT_EQ(status({kDelivered, kDelivered}), "DELIVERED");
  EXPECT_EQ(status({kDelivered, kFailed}), "FAILED");
  EXPECT_EQ(status({kExpired, kExpired}), "EXPIRED");
  EXPECT_EQ(status({kDelivered, kExpired}), "PARTIAL");
  EXPECT_EQ(status({kUndelivered, kExpired}), "FAILED");
}

TEST(Finalise, a_single_segment_is_its_own_aggregate) {
  for (const DlrStatus s : kTerminals) {
    const auto out = finalise(set_of({s}), of(1));
    ASSERT_TRUE(out);
    EXPECT_EQ(to_string(out->status), to_string(s));
    EXPECT_EQ(out->reason, Reason::kComplete);
    EXPECT_EQ(out->expected, 1U);
    EXPECT_EQ(out->received, 1U);
    EXPECT_EQ(out->error_code, s == kDelivered ? "" : "e1");
    EXPECT_EQ(out->occurred_at_us, 1005);
    EXPECT_EQ(out->first_received_at_us, 1000);
  }
  EXPECT_FALSE(finalise(set_of({kUnknown}), of(1)));
}

TEST(Finalise, nothing_is_published_while_a_segment_is_missing_or_unknown) {
  EXPECT_FALSE(finalise(set_of({}), of(3)));
  EXPECT_FALSE(finalise(set_of({kDelivered}), of(3)));
  EXPECT_FALSE(finalise(set_of({kDelivered, kDelivered}), of(3)));
  EXPECT_FALSE(finalise(set_of({kDelivered, kNone, kDelivered}), of(3)));
  EXPECT_FALSE(finalise(set_of({kDelivered, kUnknown, kDelivered}), of(3)));
  EXPECT_FALSE(finalise(set_of({kFailed, kNone, kFailed}), of(3))) << "a failure does not end it early";
}

TEST(Finalise, the_deadline_makes_the_incomplete_partial) {
  Expectation late = of(4);
  late.deadline_passed = true;
  const auto out = finalise(set_of({kDelivered, kUnknown, kFailed, kNone}), late);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->status, AggregateStatus::kPartial);
  EXPECT_EQ(out->reason, Reason::kGraceExpired);
  EXPECT_EQ(out->expected, 4U);
  EXPECT_EQ(out->received, 2U);
  EXPECT_EQ(out->delivered, 1U);
  EXPECT_EQ(out->error_code, "e3");
  ASSERT_EQ(out->lines.size(), 4U);
  EXPECT_EQ(out->lines[0].status, "DELIVERED");
  EXPECT_EQ(out->lines[1].status, "UNKNOWN");
  EXPECT_EQ(out->lines[2].status, "FAILED");
  EXPECT_EQ(out->lines[3].status, "PENDING");
  EXPECT_FALSE(out->lines[3].received_at_us);
}

TEST(Finalise, the_deadline_changes_nothing_for_the_complete) {
  Expectation late = of(2);
  late.deadline_passed = true;
  const auto out = finalise(set_of({kDelivered, kDelivered}), late);
  EXPECT_EQ(out->status, AggregateStatus::kDelivered);
  EXPECT_EQ(out->reason, Reason::kComplete);
}

TEST(Finalise, the_deadline_without_any_receipt_is_partial_of_none) {
  Expectation late = of(2);
  late.deadline_passed = true;
  const auto out = finalise(SegmentSet{}, late);
  EXPECT_EQ(out->status, AggregateStatus::kPartial);
  EXPECT_EQ(out->received, 0U);
  EXPECT_EQ(out->lines.size(), 2U);
}

TEST(Finalise, unrequested_segments_are_not_waited_for_and_do_not_decide) {
  Expectation e = of(3);
  e.unrequested = {2};
  const auto out = finalise(set_of({kDelivered, kNone, kDelivered}), e);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->status, AggregateStatus::kDelivered);
  EXPECT_EQ(out->expected, 2U);
  EXPECT_EQ(out->lines.size(), 2U);
  const auto with = finalise(set_of({kDelivered, kFailed, kDelivered}), e);
  EXPECT_EQ(with->status, AggregateStatus::kDelivered);
  EXPECT_EQ(with->received, 2U);
  EXPECT_EQ(with->error_code, "");
  EXPECT_EQ(with->lines.size(), 3U) << "but it is shown";
}

TEST(Finalise, with_nothing_requested_the_receipt_that_came_decides) {
  Expectation e = of(2);
  e.unrequested = {1, 2};
  const auto out = finalise(set_of({kNone, kExpired}), e);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->status, AggregateStatus::kExpired);
  EXPECT_EQ(out->expected, 1U);
  EXPECT_FALSE(finalise(SegmentSet{}, e));
  EXPECT_FALSE(finalise(set_of({kUnknown, kNone}), e));
  EXPECT_EQ(finalise(set_of({kUnknown, kDelivered}), e)->status, AggregateStatus::kDelivered)
      << "an intermediate one that nobody asked for is not waited for";
}

TEST(Finalise, one_receipt_for_all_segments) {
  Expectation e = of(3);
  e.one_for_all = true;
  for (std::uint32_t index = 1; index <= 3; ++index) {
    for (const DlrStatus s : kTerminals) {
      SegmentSet set;
      set.add(segment(index, s));
      const auto out = finalise(set, e);
      ASSERT_TRUE(out);
      EXPECT_EQ(to_string(out->status), to_string(s));
      EXPECT_EQ(out->reason, Reason::kSingle);
      EXPECT_EQ(out->expected, 1U);
      EXPECT_EQ(out->received, 1U);
      EXPECT_EQ(out->delivered, s == kDelivered ? 1U : 0U);
      EXPECT_EQ(out->lines.size(), 1U);
    }
  }
  EXPECT_FALSE(finalise(set_of({kUnknown}), e));
  EXPECT_EQ(finalise(set_of({kDelivered}), {1, {}, true, false})->reason, Reason::kComplete);
}

TEST(Finalise, error_code_is_the_lowest_failed_segments) {
  EXPECT_EQ(finalise(set_of({kDelivered, kExpired, kUndelivered}), of(3))->error_code, "e2");
}

TEST(Finalise, times_span_the_segments) {
  SegmentSet set;
  set.add({1, kDelivered, {}, 300, 10});
  set.add({2, kDelivered, {}, 100, 70});
  const auto out = finalise(set, of(2));
  EXPECT_EQ(out->first_received_at_us, 100);
  EXPECT_EQ(out->last_received_at_us, 300);
  EXPECT_EQ(out->occurred_at_us, 70);
}

TEST(SegmentSet, a_final_state_stays_and_intermediate_ones_give_way_to_the_newest) {
  SegmentSet set;
  set.add(segment(1, kUnknown, "a", 20));
  set.add(segment(1, kUnknown, "b", 10));
  ASSERT_EQ(set.segments().size(), 1U);
  EXPECT_EQ(set.segments()[0].error_code, "a");
  set.add(segment(1, kExpired, "c", 5));
  EXPECT_EQ(set.segments()[0].status, kExpired);
  set.add(segment(1, kDelivered, "d", 50));
  set.add(segment(1, kUnknown, "e", 60));
  EXPECT_EQ(set.segments()[0].status, kExpired);
  EXPECT_EQ(set.first_received_at_us(), 5);
}

TEST(SegmentSet, segments_come_in_order) {
  SegmentSet set;
  for (const std::uint32_t index : {3U, 1U, 2U}) set.add(segment(index, kDelivered));
  ASSERT_EQ(set.segments().size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(set.segments()[i].index, i + 1);
}

TEST(Reasons, are_named_as_in_the_events) {
  EXPECT_EQ(to_string(Reason::kComplete), "complete");
  EXPECT_EQ(to_string(Reason::kGraceExpired), "grace_expired");
  EXPECT_EQ(to_string(Reason::kSingle), "single");
}

}  // namespace
}  // namespace dlrgw::message
