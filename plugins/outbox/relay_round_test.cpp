// SPDX-License-Identifier: Apache-2.0
#include "relay_round.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/abi/base.h>

namespace dlrgw::outbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
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

TEST(RelayBook, acknowledged_rows_are_to_be_deleted_and_failed_ones_are_not) {
  RelayBook book;
  const Published round[] = {{1, "a", DLRGW_OK}, {2, "b", DLRGW_E_NOT_FOUND}, {3, "a", DLRGW_OK}};
  const auto reports = book.settle(round, 0).subjects;
  EXPECT_THAT(book.to_delete(), ElementsAre(Pair("a", 1), Pair("a", 3)));
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].acknowledged, 2U);
  EXPECT_FALSE(reports[0].tell);
  EXPECT_EQ(reports[1].failed, 1U);
  EXPECT_EQ(reports[1].result, DLRGW_E_NOT_FOUND);
  EXPECT_TRUE(reports[1].tell);
  EXPECT_THAT(book.failing(), ElementsAre("b"));
}

TEST(RelayBook, acknowledged_rows_are_remembered_until_they_are_deleted) {
  RelayBook book;
  const Published first[] = {{1, "a", DLRGW_OK}};
  const Published second[] = {{2, "a", DLRGW_OK}};
  book.settle(first, 0);
  book.settle(second, 0);
  EXPECT_THAT(book.to_delete(), ElementsAre(Pair("a", 1), Pair("a", 2)));
  book.deleted();
  EXPECT_THAT(book.to_delete(), IsEmpty());
}

TEST(RelayBook, an_event_that_is_refused_for_itself_waits_alone) {
  RelayBook book;
  const Published round[] = {{1, "a", DLRGW_OK}, {2, "a", DLRGW_E_DATA}, {3, "a", DLRGW_E_INVALID}};
  const RoundReport report = book.settle(round, 0);
  EXPECT_EQ(report.subjects[0].failed, 0U);
  EXPECT_THAT(book.failing(), IsEmpty());
  ASSERT_EQ(report.events.size(), 2U);
  EXPECT_EQ(report.events[0].result, DLRGW_E_DATA);
  EXPECT_THAT(book.parked(0), ElementsAre(2, 3));
  EXPECT_THAT(book.parked(ParkedEvents::kFirstUs), IsEmpty());
}

TEST(RelayBook, a_probe_that_is_refused_for_itself_ends_the_back_off) {
  RelayBook book;
  const Published bad[] = {{1, "a", DLRGW_E_TRANSIENT}};
  const Published refused[] = {{1, "a", DLRGW_E_DATA}};
  book.settle(bad, 0);
  book.settle(refused, 0);
  EXPECT_THAT(book.failing(), IsEmpty()) << "its stream is there";
}

TEST(RelayBook, a_subject_that_works_in_part_waits_for_the_first_step_only) {
  RelayBook book;
  const Published round[] = {{1, "a", DLRGW_OK}, {2, "a", DLRGW_E_TRANSIENT}};
  for (int i = 0; i < 5; ++i) {
    const auto reports = book.settle(round, 0).subjects;
    EXPECT_EQ(reports[0].wait_us, SubjectBackoff::kFirstUs) << i;
    EXPECT_EQ(reports[0].tell, i == 0) << i;
  }
}

TEST(RelayBook, a_row_that_cannot_be_read_is_parked_and_told_once_a_step) {
  RelayBook book;
  EXPECT_TRUE(book.unreadable(7, 0));
  EXPECT_THAT(book.parked(0), ElementsAre(7));
}

TEST(RelayBook, a_success_ends_the_back_off) {
  RelayBook book;
  const Published bad[] = {{1, "a", DLRGW_E_UNAVAILABLE}};
  const Published good[] = {{1, "a", DLRGW_OK}};
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
