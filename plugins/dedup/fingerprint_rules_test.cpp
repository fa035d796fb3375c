// SPDX-License-Identifier: Apache-2.0
#include "fingerprint_rules.hpp"

#include <map>

#include <gtest/gtest.h>

#include <dlrgw/abi/plugin.h>

namespace dlrgw::dedup {
namespace {

constexpr std::string_view kMine = "00000000-0000-4000-8000-000000000001";
constexpr std::string_view kMessage = "00000000-0000-4000-8000-00000000000a";
constexpr std::string_view kOtherMessage = "00000000-0000-4000-8000-00000000000b";
const std::string kOwn = redis_value(kMine, kMessage);
const std::string kOwnOrphan = redis_value(kMine, "");
const std::string kOther = redis_value("00000000-0000-4000-8000-000000000002", kMessage);
const std::string kThird = redis_value("00000000-0000-4000-8000-000000000003", kOtherMessage);
const std::string kOrphan = redis_value("00000000-0000-4000-8000-000000000004", "");

message::FingerprintMark mark(std::initializer_list<std::string_view> messages) {
  message::FingerprintMark out;
  for (const std::string_view message : messages) out.add(message);
  return out;
}

TEST(FingerprintRules, another_event_marks_with_its_message) {
  const std::optional<std::string> none;
  EXPECT_TRUE(judge(none, none, kMine).mark.empty());
  EXPECT_EQ(judge(kOther, none, kMine).mark, mark({kMessage}));
  EXPECT_EQ(judge(none, kOther, kMine).mark, mark({kMessage}));
  EXPECT_EQ(judge(kOther, kThird, kMine).mark, mark({kMessage, kOtherMessage}));
  EXPECT_EQ(judge(kOrphan, kOther, kMine).mark, mark({"", kMessage}));
  for (const auto& hit : {judge(none, none, kMine), judge(kOther, kThird, kMine)}) EXPECT_FALSE(hit.own);
}

TEST(FingerprintRules, its_own_event_never_marks_it) {
  const std::optional<std::string> none;
  for (const auto& hit : {judge(kOwn, none, kMine), judge(none, kOwn, kMine), judge(kOwn, kOther, kMine),
                          judge(kOther, kOwn, kMine), judge(kOwnOrphan, kOrphan, kMine)}) {
    EXPECT_TRUE(hit.own);
    EXPECT_TRUE(hit.mark.empty());
  }
  EXPECT_TRUE(judge(kOwnOrphan, none, kMine).own_orphan);
  EXPECT_FALSE(judge(kOwn, none, kMine).own_orphan);
  EXPECT_FALSE(judge(kOther, kOwnOrphan, kMine).own_orphan) << "this minute's key is not its own";
}

TEST(FingerprintRules, a_value_without_a_known_message_marks_nobody) {
  const std::string other = "00000000-0000-4000-8000-000000000002";
  for (const std::string& value : {other, other + " nonsense", std::string(), std::string("nonsense")}) {
    EXPECT_TRUE(judge(value, std::nullopt, kMine).mark.empty()) << value;
    EXPECT_FALSE(judge(value, std::nullopt, kMine).own) << value;
  }
  const std::string before(kMine);
  EXPECT_TRUE(judge(before, std::nullopt, kMine).own) << "as an earlier version stored it";
}

TEST(FingerprintRules, every_outcome_is_decided) {
  const std::map<std::string_view, bool> expected = {
      {DLRGW_OUTCOME_APPLIED, true},      {DLRGW_OUTCOME_LATE, true},       {DLRGW_OUTCOME_QUARANTINED, true},
      {DLRGW_OUTCOME_REDELIVERED, false}, {DLRGW_OUTCOME_DUPLICATE, false}, {DLRGW_OUTCOME_DEDUP, false},
      {DLRGW_OUTCOME_ORPHAN, true},       {DLRGW_OUTCOME_INVALID, false},   {DLRGW_OUTCOME_REJECTED, false},
      {DLRGW_OUTCOME_DROPPED, false}};
  for (const std::string_view outcome : {DLRGW_OUTCOMES}) {
    ASSERT_TRUE(expected.contains(outcome)) << outcome;
    EXPECT_EQ(is_stored_outcome(outcome), expected.at(outcome)) << outcome;
  }
  EXPECT_FALSE(is_stored_outcome(""));
}

TEST(FingerprintRules, the_value_is_event_and_message) {
  EXPECT_EQ(redis_value("e", "m"), "e m");
  EXPECT_EQ(redis_value("e", ""), "e ");
}

TEST(FingerprintRules, the_key_is_lower_case_hex) {
  EXPECT_EQ(redis_key(std::string("\x00\x4d\xff", 3)), "dlr:fp:004dff");
}

}  // namespace
}  // namespace dlrgw::dedup
