#include "resolution.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace dlrgw::correlate {
namespace {

Hit hit(std::uint32_t rank, std::string message, std::uint32_t segment = 1, std::int64_t submitted = 0,
        bool exists = true) {
  Hit h;
  h.rank = rank;
  h.message_id = std::move(message);
  h.segment_index = segment;
  h.submitted_at_us = submitted;
  h.message_exists = exists;
  return h;
}

Finding finding(const std::vector<Hit>& hits) { return resolve(hits).finding; }

TEST(Resolve, NothingHit) { EXPECT_EQ(finding({}), Finding::kNoCorrelation); }

TEST(Resolve, TheBestRankDecidesWhateverTheOrder) {
  const std::vector<Hit> hits = {hit(2, "c"), hit(0, "a"), hit(1, "b")};
  const Resolution r = resolve(hits);
  ASSERT_EQ(r.finding, Finding::kFound);
  EXPECT_EQ(r.hit->message_id, "a");
}

TEST(Resolve, EqualRankOnDifferentMessagesIsAmbiguous) {
  EXPECT_EQ(finding({hit(0, "a"), hit(0, "b")}), Finding::kAmbiguousCorrelation);
  EXPECT_EQ(finding({hit(0, "a", 1), hit(0, "a", 2)}), Finding::kAmbiguousCorrelation);
  EXPECT_EQ(finding({hit(0, "a"), hit(1, "b"), hit(1, "c")}), Finding::kFound);
}

TEST(Resolve, EqualRankOnOneMessageTakesTheNewestSubmit) {
  const std::vector<Hit> hits = {hit(0, "a", 1, 5), hit(0, "a", 1, 9), hit(0, "a", 1, 7)};
  const Resolution r = resolve(hits);
  ASSERT_EQ(r.finding, Finding::kFound);
  EXPECT_EQ(r.hit->submitted_at_us, 9);
}

TEST(Resolve, MessageMissingIsNotReplacedByAWorseRank) {
  EXPECT_EQ(finding({hit(0, "gone", 1, 0, false), hit(1, "b")}), Finding::kMessageMissing);
}

TEST(NextStep, RetriesThenOrphan) {
  for (const Finding f : {Finding::kNoCorrelation, Finding::kMessageMissing}) {
    EXPECT_EQ(next_step(f, 0, 2), Step::kRetry);
    EXPECT_EQ(next_step(f, 1, 2), Step::kRetry);
    EXPECT_EQ(next_step(f, 2, 2), Step::kOrphan);
    EXPECT_EQ(next_step(f, 3, 2), Step::kOrphan);  // the limit was lowered by a reload
    EXPECT_EQ(next_step(f, 0, 0), Step::kOrphan);
  }
  EXPECT_EQ(next_step(Finding::kAmbiguousCorrelation, 0, 2), Step::kOrphan);
  EXPECT_EQ(next_step(Finding::kFound, 2, 2), Step::kContinue);
}

TEST(Finding, Names) {
  EXPECT_EQ(to_string(Finding::kNoCorrelation), "no_correlation");
  EXPECT_EQ(to_string(Finding::kAmbiguousCorrelation), "ambiguous_correlation");
  EXPECT_EQ(to_string(Finding::kMessageMissing), "message_missing");
  EXPECT_EQ(to_string(Finding::kFound), "");
}

}  // namespace
}  // namespace dlrgw::correlate
