// SPDX-License-Identifier: Apache-2.0
#include "relay_round.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/abi/base.h>

namespace dlrgw::outbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
constexpr std::int64_t kMs = 1000;

TEST(SubjectBackoff, doubles_from_a_tenth_of_a_second_to_five) {
  SubjectBackoff backoff;
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 9; ++i) waits.push_back(backoff.failed("a", 0).wait_us / kMs);
  EXPECT_THAT(waits, ElementsAre(100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000));
}

TEST(SubjectBackoff, each_step_is_told_once) {
  SubjectBackoff backoff;
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(backoff.failed("a", 0).is_new_step) << i;
  EXPECT_FALSE(backoff.failed("a", 0).is_new_step);
  EXPECT_TRUE(backoff.succeeded("a"));
  EXPECT_FALSE(backoff.succeeded("a"));
  EXPECT_TRUE(backoff.failed("a", 0).is_new_step);
}

TEST(SubjectBackoff, a_subject_waits_alone_and_until_its_time) {
  SubjectBackoff backoff;
  backoff.failed("a", 1000 * kMs);
  backoff.failed("b", 1050 * kMs);
  EXPECT_THAT(backoff.due(1099 * kMs), IsEmpty());
  EXPECT_THAT(backoff.due(1100 * kMs), ElementsAre("a"));
  EXPECT_THAT(backoff.due(1150 * kMs), ElementsAre("a", "b"));
  EXPECT_THAT(backoff.failing(), ElementsAre("a", "b"));
  EXPECT_EQ(backoff.failed("a", 1200 * kMs).wait_us, 200 * kMs) << "the end of a wait is not a success";
}

// Rows of one event: what it is about is the answer.
PublishedRow one(std::int64_t id, std::string_view subject, std::int32_t result) {
  return {id, subject, {{"e", R"({"id":"e"})", result}}};
}
PublishedRow three(std::int64_t id, std::int32_t a, std::int32_t b, std::int32_t c) {
  return {id, "a", {{"ea", "1", a}, {"eb", "2", b}, {"ec", "3", c}}};
}

TEST(RelayBook, acknowledged_rows_go_and_failed_ones_stay) {
  RelayBook book;
  const PublishedRow round[] = {one(1, "a", DLRGW_OK), one(2, "b", DLRGW_E_NOT_FOUND), one(3, "a", DLRGW_OK)};
  const auto reports = book.settle(round, 0).subjects;
  ASSERT_EQ(book.settled().size(), 2U);
  EXPECT_EQ(book.settled()[0].id, 1);
  EXPECT_EQ(book.settled()[1].id, 3);
  EXPECT_EQ(book.settled()[0].rest_count, 0);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].acknowledged, 2U);
  EXPECT_FALSE(reports[0].tell);
  EXPECT_EQ(reports[1].failed, 1U);
  EXPECT_EQ(reports[1].result, DLRGW_E_NOT_FOUND);
  EXPECT_TRUE(reports[1].tell);
  EXPECT_THAT(book.failing(), ElementsAre("b"));
}

TEST(RelayBook, what_of_a_row_was_not_acknowledged_is_put_back) {
  RelayBook book;
  const PublishedRow round[] = {three(1, DLRGW_E_DATA, DLRGW_OK, DLRGW_E_TRANSIENT),
                                three(2, PublishedEvent::kNotTried, DLRGW_OK, PublishedEvent::kNotTried),
                                three(3, DLRGW_E_TRANSIENT, DLRGW_E_TRANSIENT, DLRGW_E_TRANSIENT)};
  book.settle(round, 0);
  ASSERT_EQ(book.settled().size(), 2U) << "the third is as it was";
  EXPECT_EQ(book.settled()[0].rest, "[1,3]");
  EXPECT_EQ(book.settled()[0].rest_count, 2);
  EXPECT_EQ(book.settled()[0].subject, "a");
  EXPECT_EQ(book.settled()[1].rest, "[1,3]");
}

TEST(RelayBook, what_was_acknowledged_is_remembered_and_left_out_until_it_is_stored) {
  RelayBook book;
  const PublishedRow first[] = {one(1, "a", DLRGW_OK)};
  const PublishedRow second[] = {three(2, DLRGW_OK, DLRGW_OK, DLRGW_E_TRANSIENT)};
  book.settle(first, 0);
  book.settle(second, 0);
  EXPECT_THAT(book.without(0), ElementsAre(1, 2));
  book.settled_is_stored();
  EXPECT_THAT(book.settled(), IsEmpty());
  EXPECT_THAT(book.without(0), IsEmpty());
}

TEST(RelayBook, events_that_are_refused_for_themselves_wait_alone) {
  RelayBook book;
  const PublishedRow round[] = {three(1, DLRGW_OK, DLRGW_E_DATA, DLRGW_E_INVALID)};
  const RoundReport report = book.settle(round, 0);
  EXPECT_EQ(report.subjects[0].failed, 0U);
  EXPECT_THAT(book.failing(), IsEmpty());
  ASSERT_EQ(report.events.size(), 2U);
  EXPECT_EQ(report.events[0].result, DLRGW_E_DATA);
  EXPECT_EQ(report.events[0].event_id, "eb");
  EXPECT_EQ(report.events[1].event_id, "ec");
  book.settled_is_stored();
  EXPECT_THAT(book.without(0), ElementsAre(1)) << "nothing else is in it";
  EXPECT_THAT(book.without(ParkedRows::kFirstUs), IsEmpty());
}

TEST(RelayBook, others_of_a_row_with_a_refused_event_are_tried_again) {
  RelayBook book;
  const PublishedRow round[] = {three(1, DLRGW_E_TRANSIENT, DLRGW_E_DATA, DLRGW_OK)};
  book.settle(round, 0);
  book.settled_is_stored();
  EXPECT_THAT(book.without(0), IsEmpty());
  EXPECT_TRUE(book.left_alone(1, "eb", 0));
  EXPECT_FALSE(book.left_alone(1, "ea", 0));
  const PublishedRow rest[] = {{1, "a", {{"ea", "1", DLRGW_OK}, {"eb", "2", PublishedEvent::kNotTried}}}};
  book.settle(rest, 0);
  EXPECT_EQ(book.settled()[0].rest, "[2]");
  book.settled_is_stored();
  EXPECT_THAT(book.without(0), ElementsAre(1)) << "now only what is refused is in it";
}

TEST(RelayBook, a_probe_that_is_refused_for_itself_ends_the_back_off) {
  RelayBook book;
  const PublishedRow bad[] = {one(1, "a", DLRGW_E_TRANSIENT)};
  const PublishedRow refused[] = {one(1, "a", DLRGW_E_DATA)};
  book.settle(bad, 0);
  book.settle(refused, 0);
  EXPECT_THAT(book.failing(), IsEmpty()) << "its stream is there";
}

TEST(RelayBook, a_row_of_which_nothing_was_tried_says_nothing) {
  RelayBook book;
  const PublishedRow bad[] = {one(1, "a", DLRGW_E_TRANSIENT)};
  const PublishedRow untried[] = {one(1, "a", PublishedEvent::kNotTried)};
  book.settle(bad, 0);
  EXPECT_THAT(book.settle(untried, 0).subjects, IsEmpty());
  EXPECT_THAT(book.failing(), ElementsAre("a"));
}

TEST(RelayBook, a_subject_that_works_in_part_waits_for_the_first_step_only) {
  RelayBook book;
  const PublishedRow round[] = {one(1, "a", DLRGW_OK), one(2, "a", DLRGW_E_TRANSIENT)};
  for (int i = 0; i < 5; ++i) {
    const auto reports = book.settle(round, 0).subjects;
    EXPECT_EQ(reports[0].wait_us, SubjectBackoff::kFirstUs) << i;
    EXPECT_EQ(reports[0].tell, i == 0) << i;
  }
}

TEST(RelayBook, a_row_that_cannot_be_read_is_parked_and_told_once_a_step) {
  RelayBook book;
  EXPECT_TRUE(book.unreadable(7, 0));
  EXPECT_THAT(book.without(0), ElementsAre(7));
}

TEST(RelayBook, a_success_ends_the_back_off) {
  RelayBook book;
  const PublishedRow bad[] = {one(1, "a", DLRGW_E_UNAVAILABLE)};
  const PublishedRow good[] = {one(1, "a", DLRGW_OK)};
  book.settle(bad, 0);
  book.settle(bad, 0);
  book.settle(good, 0);
  EXPECT_THAT(book.failing(), IsEmpty());
  EXPECT_EQ(book.settle(bad, 0).subjects[0].wait_us, SubjectBackoff::kFirstUs);
}

TEST(RelayBook, every_code_has_a_text_of_its_own) {
  EXPECT_NE(result_text(DLRGW_E_NOT_FOUND), result_text(DLRGW_E_TRANSIENT));
  for (std::int32_t code = 1; code <= DLRGW_E_INTERNAL; ++code) EXPECT_FALSE(result_text(code).empty()) << code;
}

}  // namespace
}  // namespace dlrgw::outbox
