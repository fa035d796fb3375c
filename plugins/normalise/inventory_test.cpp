// SPDX-License-Identifier: Apache-2.0
#include "inventory.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

using Kind = Inventory::Kind;

TEST(Inventory, CountsEachSpellingOfAnOperator) {
  Inventory inventory;
  EXPECT_EQ(inventory.json(), R"({"operators":[],"furtherOperators":0})");
  EXPECT_TRUE(inventory.add("a", Kind::kStatus, "ACKED", 2'000'000));
  EXPECT_FALSE(inventory.add("a", Kind::kStatus, "ACKED", 1'000'000));
  EXPECT_FALSE(inventory.add("a", Kind::kStatus, "ACKED", 3'456'789));
  EXPECT_TRUE(inventory.add("a", Kind::kErrorCode, "ACKED", 0)) << "kinds are apart";
  EXPECT_TRUE(inventory.add("b", Kind::kStatus, "ACKED", 0)) << "operators are apart";
  EXPECT_EQ(
      inventory.json(),
      R"({"operators":[{"operatorId":"a","statuses":[{"spelling":"ACKED","count":3,)"
      R"("firstReceivedAt":"1970-01-01T00:00:01.000Z","lastReceivedAt":"1970-01-01T00:00:03.456Z"}],)"
      R"("furtherStatuses":0,"errorCodes":[{"spelling":"ACKED","count":1,)"
      R"("firstReceivedAt":"1970-01-01T00:00:00.000Z","lastReceivedAt":"1970-01-01T00:00:00.000Z"}],)"
      R"("furtherErrorCodes":0,"fields":[],"furtherFields":0},{"operatorId":"b","statuses":[{"spelling":"ACKED","count":1,)"
      R"("firstReceivedAt":"1970-01-01T00:00:00.000Z","lastReceivedAt":"1970-01-01T00:00:00.000Z"}],)"
      R"("furtherStatuses":0,"errorCodes":[],"furtherErrorCodes":0,"fields":[],"furtherFields":0}],"furtherOperators":0})");
}

TEST(Inventory, KeepsNoMoreThanItsBounds) {
  Inventory inventory;
  for (std::size_t i = 0; i < Inventory::kMaxSpellings; ++i)
    EXPECT_TRUE(inventory.add("op0", Kind::kStatus, "S" + std::to_string(i), 0));
  EXPECT_FALSE(inventory.add("op0", Kind::kStatus, "ONE TOO MANY", 0));
  EXPECT_FALSE(inventory.add("op0", Kind::kStatus, "S0", 0)) << "known";
  EXPECT_TRUE(inventory.add("op0", Kind::kErrorCode, "1", 0));
  EXPECT_NE(inventory.json().find(R"("furtherStatuses":1,)"), std::string::npos);
  for (std::size_t i = 1; i < Inventory::kMaxOperators; ++i)
    EXPECT_TRUE(inventory.add("op" + std::to_string(i), Kind::kStatus, "S", 0));
  EXPECT_FALSE(inventory.add("op" + std::to_string(Inventory::kMaxOperators), Kind::kStatus, "S", 0));
  EXPECT_TRUE(inventory.json().ends_with(R"("furtherOperators":1})"));
  EXPECT_EQ(inventory.json().find("ONE TOO MANY"), std::string::npos);
}

TEST(Inventory, LanesAddAtTheSameTime) {
  Inventory inventory;
  std::vector<std::thread> lanes;
  for (int lane = 0; lane < 4; ++lane)
    lanes.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) inventory.add("op", Kind::kStatus, "S", i);
    });
  for (std::thread& lane : lanes) lane.join();
  EXPECT_NE(inventory.json().find(R"("count":4000)"), std::string::npos);
}

TEST(Inventory, ShowsNothingThatCouldBeAPhoneNumber) {
  EXPECT_EQ(shown("DND_REJECTED"), "DND_REJECTED");
  EXPECT_EQ(shown("123456"), "123456");
  EXPECT_EQ(shown("1234567"), "#");
  EXPECT_EQ(shown("TO+491700000001/x99"), "TO+#/x99");
  EXPECT_EQ(shown(""), "");
  Inventory inventory;
  EXPECT_TRUE(inventory.add("op", Kind::kStatus, "TO 491700000001", 0));
  EXPECT_FALSE(inventory.add("op", Kind::kStatus, "TO 491700000002", 0)) << "one entry for all of them";
  EXPECT_EQ(inventory.json().find("4917"), std::string::npos);
}

}  // namespace
}  // namespace dlrgw::normalise
