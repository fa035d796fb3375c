#include "fingerprint_rules.hpp"

#include <map>

#include <gtest/gtest.h>

#include <dlrgw/abi/plugin.h>

namespace dlrgw::dedup {
namespace {

constexpr std::string_view kMine = "00000000-0000-4000-8000-000000000001";
const std::string kOwn{kMine};
const std::string kOther = "00000000-0000-4000-8000-000000000002";

TEST(FingerprintRules, judges_every_pair_of_answers) {
  const std::optional<std::string> none;
  EXPECT_EQ(judge(none, none, kMine), FingerprintHit::kNone);
  EXPECT_EQ(judge(kOwn, none, kMine), FingerprintHit::kOwn);
  EXPECT_EQ(judge(none, kOwn, kMine), FingerprintHit::kOwn);
  EXPECT_EQ(judge(kOwn, kOwn, kMine), FingerprintHit::kOwn);
  EXPECT_EQ(judge(kOther, none, kMine), FingerprintHit::kOther);
  EXPECT_EQ(judge(none, kOther, kMine), FingerprintHit::kOther);
  EXPECT_EQ(judge(kOther, kOther, kMine), FingerprintHit::kOther);
  EXPECT_EQ(judge(kOwn, kOther, kMine), FingerprintHit::kOwn);
  EXPECT_EQ(judge(kOther, kOwn, kMine), FingerprintHit::kOwn);
}

TEST(FingerprintRules, every_outcome_is_decided) {
  const std::map<std::string_view, bool> expected = {
      {DLRGW_OUTCOME_APPLIED, true},      {DLRGW_OUTCOME_LATE, true},       {DLRGW_OUTCOME_QUARANTINED, true},
      {DLRGW_OUTCOME_REDELIVERED, false}, {DLRGW_OUTCOME_DUPLICATE, false}, {DLRGW_OUTCOME_DEDUP, false},
      {DLRGW_OUTCOME_ORPHAN, false},      {DLRGW_OUTCOME_INVALID, false},   {DLRGW_OUTCOME_REJECTED, false},
      {DLRGW_OUTCOME_DROPPED, false}};
  for (const std::string_view outcome : {DLRGW_OUTCOMES}) {
    ASSERT_TRUE(expected.contains(outcome)) << outcome;
    EXPECT_EQ(is_stored_outcome(outcome), expected.at(outcome)) << outcome;
  }
  EXPECT_FALSE(is_stored_outcome(""));
}

TEST(FingerprintRules, the_key_is_lower_case_hex) {
  EXPECT_EQ(redis_key(std::string("\x00\x4d\xff", 3)), "dlr:fp:004dff");
}

}  // namespace
}  // namespace dlrgw::dedup
