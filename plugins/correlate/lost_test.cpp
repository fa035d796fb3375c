// SPDX-License-Identifier: Apache-2.0
#include "lost.hpp"

#include <gtest/gtest.h>

namespace dlrgw::correlate {
namespace {

LostReceipt lost(std::string orphan_id, std::uint32_t looked_up_before, std::string_view status = "DELIVERED",
                 Finding finding = Finding::kNoCorrelation) {
  LostReceipt receipt;
  receipt.finding = finding;
  receipt.looked_up_before = looked_up_before;
  receipt.orphan.orphan_id = std::move(orphan_id);
  receipt.orphan.operator_id = "mno";
  receipt.orphan.operator_message_id = "1";
  receipt.orphan.status = status;
  receipt.orphan.raw_stat = status;
  return receipt;
}

const StoredOrphan kStored{"mno", "1", "DELIVERED", "DELIVERED"};

TEST(DecideLost, TwoRetriesThenOrphan) {
  EXPECT_EQ(decide_lost(std::vector{lost("a", 0), lost("b", 1), lost("c", 2)}, {}, 2),
            (std::vector{LostStep::kRetry, LostStep::kRetry, LostStep::kOrphan}));
}

TEST(DecideLost, AmbiguousIsAnOrphanAtOnce) {
  EXPECT_EQ(decide_lost(std::vector{lost("a", 0, "FAILED", Finding::kAmbiguousCorrelation),
                                    lost("b", 0, "FAILED", Finding::kMessageMissing)},
                        {}, 2),
            (std::vector{LostStep::kOrphan, LostStep::kRetry}));
}

TEST(DecideLost, StoredIsRedeliveredWithoutFurtherRetries) {
  EXPECT_EQ(decide_lost(std::vector{lost("a", 0), lost("b", 0)}, {{"a", kStored}}, 2),
            (std::vector{LostStep::kRedelivered, LostStep::kRetry}));
}

TEST(DecideLost, ACopyOfAnOrphanIsNoSecondOneAfterItsLastLookUp) {
  LostReceipt first = lost("a", 1);
  LostReceipt last = lost("a", 2);
  LostReceipt ambiguous = lost("b", 0, "FAILED", Finding::kAmbiguousCorrelation);
  for (LostReceipt* copy : {&first, &last, &ambiguous}) copy->copy_of_orphan = true;
  EXPECT_EQ(decide_lost(std::vector{first, last, ambiguous}, {}, 2),
            (std::vector{LostStep::kRetry, LostStep::kDedup, LostStep::kDedup}));
  EXPECT_EQ(decide_lost(std::vector{last}, {{"a", kStored}}, 2), std::vector{LostStep::kRedelivered});
}

TEST(DecideLost, AnotherReceiptUnderTheSameEventIdIsNotLost) {
  EXPECT_EQ(decide_lost(std::vector{lost("a", 2, "FAILED")}, {{"a", kStored}}, 2),
            (std::vector{LostStep::kEventIdReused}));
}

TEST(DecideLost, AnOrphanOfTheBatchCountsForThoseBehindIt) {
  EXPECT_EQ(decide_lost(std::vector{lost("a", 2), lost("a", 2), lost("a", 2, "FAILED"), lost("a", 0)}, {}, 2),
            (std::vector{LostStep::kOrphan, LostStep::kRedelivered, LostStep::kEventIdReused, LostStep::kRedelivered}));
}

TEST(NeedsLook, OnlyWhereARowMayExist) {
  LostReceipt receipt = lost("a", 0);
  EXPECT_FALSE(needs_look(receipt, 2));
  receipt.delivery_count = 2;
  EXPECT_TRUE(needs_look(receipt, 2));
  EXPECT_TRUE(needs_look(lost("a", 2), 2));
  EXPECT_TRUE(needs_look(lost("a", 0, "FAILED", Finding::kAmbiguousCorrelation), 2));
}

}  // namespace
}  // namespace dlrgw::correlate
