// SPDX-License-Identifier: Apache-2.0
#include "status_map.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

MappedStatus map(std::string_view text, std::optional<std::uint32_t> state, const StatusAliases& aliases) {
  return map_status({text, {}, state, {}}, aliases);
}

struct Row {
  const char* stat;
  DlrStatus status;
};

class StatusTable : public ::testing::TestWithParam<Row> {};

TEST_P(StatusTable, MapsInAnyCaseAndWithBlanks) {
  const Row row = GetParam();
  std::string lower(row.stat);
  for (char& c : lower) c = static_cast<char>(c | 0x20);
  for (const std::string& text :
       {std::string(row.stat), lower, " " + lower + "  ", "\t" + std::string(row.stat) + "\r\n"}) {
    const MappedStatus mapped = map(text, std::nullopt, {});
    EXPECT_EQ(mapped.status, row.status) << text;
    EXPECT_TRUE(mapped.recognised) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Contract, StatusTable,
                         ::testing::Values(Row{"DELIVRD", DlrStatus::kDelivered},
                                           Row{"UNDELIV", DlrStatus::kUndelivered}, Row{"EXPIRED", DlrStatus::kExpired},
                                           Row{"DELETED", DlrStatus::kFailed}, Row{"ACCEPTD", DlrStatus::kUnknown},
                                           Row{"REJECTD", DlrStatus::kRejected}, Row{"UNKNOWN", DlrStatus::kUnknown},
                                           Row{"FAILED", DlrStatus::kFailed}),
                         [](const auto& row) { return std::string(row.param.stat); });

TEST(StatusMap, AnythingElseIsUnknownAndCounted) {
  for (const char* text :
       {"DELIVERED", "DELIVERD", "ENROUTE", "ACKED", "DND_REJECTED", "EXP-MSG-Q-EXD", "0", "DELIVRD2", "null"}) {
    const MappedStatus mapped = map(text, std::nullopt, {});
    EXPECT_EQ(mapped.status, DlrStatus::kUnknown) << text;
    EXPECT_FALSE(mapped.recognised) << text;
  }
}

TEST(StatusMap, NoSourceIsUnknownAndNotCounted) {
  const MappedStatus mapped = map(" \t", std::nullopt, {});
  EXPECT_EQ(mapped.status, DlrStatus::kUnknown);
  EXPECT_TRUE(mapped.recognised);
}

TEST(StatusMap, MessageStateOnlyWithoutText) {
  const auto of = [](std::uint32_t state) { return map("", state, {}).status; };
  EXPECT_EQ(of(2), DlrStatus::kDelivered);
  EXPECT_EQ(of(3), DlrStatus::kExpired);
  EXPECT_EQ(of(4), DlrStatus::kFailed);
  EXPECT_EQ(of(5), DlrStatus::kUndelivered);
  EXPECT_EQ(of(8), DlrStatus::kRejected);
  for (const std::uint32_t other : {0U, 1U, 6U, 7U, 9U, 255U}) EXPECT_EQ(of(other), DlrStatus::kUnknown) << other;
  EXPECT_EQ(map("UNDELIV", 2U, {}).status, DlrStatus::kUndelivered);
}

TEST(StatusMap, AliasesComeBeforeTheTableAndCoverStates) {
  const StatusAliases aliases = {
      {"UNKNOWN", DlrStatus::kFailed}, {"DELIVERED", DlrStatus::kDelivered}, {"STATE:7", DlrStatus::kExpired}};
  EXPECT_EQ(map("unknown", std::nullopt, aliases).status, DlrStatus::kFailed);
  EXPECT_EQ(map("Delivered", std::nullopt, aliases).status, DlrStatus::kDelivered);
  EXPECT_EQ(map("", 7U, aliases).status, DlrStatus::kExpired);
  EXPECT_EQ(map("", 2U, aliases).status, DlrStatus::kDelivered);
}

TEST(StatusMap, RawName) {
  EXPECT_EQ(raw_name(" acceptd ", 6U), "ACCEPTD");
  EXPECT_EQ(raw_name("", 6U), "state:6");
  EXPECT_EQ(raw_name("", std::nullopt), "");
  EXPECT_EQ(raw_name("\xC3\xA4x", std::nullopt), "\xC3\xA4X");
}

}  // namespace
}  // namespace dlrgw::normalise
