// SPDX-License-Identifier: Apache-2.0
#include "resolution.hpp"

#include <fstream>
#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include "phone.hpp"

namespace dlrgw::correlate {
namespace {

constexpr std::size_t kPage = 1000;
constexpr std::int64_t kReceivedAt = 100;
constexpr const char* kPhone = "+491715550100";
constexpr const char* kOtherPhone = "+491715550199";

struct Row {
  std::string message;
  std::int64_t submitted = 0;
  std::string to_addr = {};
  std::string connector = {};
  std::uint32_t candidate = 0;
  std::uint32_t rank = 0;
  std::uint32_t segment = 1;
  bool exists = true;
};

std::vector<Hit> hits_of(const std::vector<Row>& rows) {
  std::vector<Hit> hits;
  for (const Row& row : rows) {
    Hit h;
    h.candidate = row.candidate;
    h.rank = row.rank;
    h.message_id = row.message;
    h.segment_index = row.segment;
    h.submitted_at_us = row.submitted;
    h.connector_id = row.connector;
    h.to_addr = row.to_addr;
    h.message_exists = row.exists;
    hits.push_back(std::move(h));
  }
  return hits;
}

Claim claim(const char* source = "", const char* connector = "", const char* dest = "") {
  return {phone_digits(source), phone_digits(dest), connector, kReceivedAt};
}

// The message, or the finding in brackets.
std::string answer(const std::vector<Row>& rows, const Claim& who = claim(), std::size_t page = kPage) {
  const std::vector<Hit> hits = hits_of(rows);
  const Resolution r = resolve(hits, who, page);
  return r.hit != nullptr ? r.hit->message_id : "(" + std::string(to_string(r.finding)) + ")";
}

TEST(Resolve, NothingHit) { EXPECT_EQ(answer({}), "(no_correlation)"); }

TEST(Resolve, TheBestRankDecidesWhateverTheOrder) {
  EXPECT_EQ(
      answer(
          {{.message = "c", .candidate = 2, .rank = 2}, {.message = "a"}, {.message = "b", .candidate = 1, .rank = 1}}),
      "a");
}

TEST(Resolve, SpellingsOfOneRankOnDifferentMessagesAreAmbiguous) {
  EXPECT_EQ(answer({{.message = "a"}, {.message = "b", .candidate = 1}}), "(ambiguous_correlation)");
  EXPECT_EQ(answer({{.message = "a"}, {.message = "a", .candidate = 1, .segment = 2}}), "(ambiguous_correlation)");
  EXPECT_EQ(
      answer(
          {{.message = "a"}, {.message = "b", .candidate = 1, .rank = 1}, {.message = "c", .candidate = 2, .rank = 1}}),
      "a");
  EXPECT_EQ(answer({{.message = "a", .submitted = 5}, {.message = "a", .submitted = 9, .candidate = 1}}), "a");
}

TEST(Resolve, MessageMissingIsNotReplacedByAWorseRank) {
  EXPECT_EQ(answer({{.message = "gone", .exists = false}, {.message = "b", .candidate = 1, .rank = 1}}),
            "(message_missing)");
}

TEST(Whose, ThePhoneComesBeforeConnectorAndTime) {
  const std::vector<Row> rows = {{"mine", 10, kPhone, "c1"}, {"newest", 90, kOtherPhone, "c2"}};
  EXPECT_EQ(answer(rows, claim(kPhone, "c2")), "mine");
  EXPECT_EQ(answer(rows, claim("01715550100", "c2")), "mine") << "national";
  EXPECT_EQ(answer(rows, claim("0", "c2", kPhone)), "mine") << "turned round";
  EXPECT_EQ(answer(rows, claim(kOtherPhone, "c1")), "newest");
  EXPECT_EQ(answer(rows, claim(kPhone, "", kOtherPhone)), "mine") << "the source is the handset where both are ours";
}

TEST(Whose, APhoneOfNobodyIsPassedOver) {
  const std::vector<Row> rows = {{"older", 10, kPhone, "c1"}, {"newest", 90, kOtherPhone, "c2"}};
  EXPECT_EQ(answer(rows, claim("+4930999999")), "newest");
  EXPECT_EQ(answer(rows, claim("+4930999999", "c1")), "older");
  EXPECT_EQ(answer(rows, claim("ACME", "c1")), "older");
}

TEST(Whose, TheConnectorComesBeforeTime) {
  const std::vector<Row> rows = {{"mine", 10, kPhone, "c1"}, {"newest", 90, kPhone, "c2"}, {"old", 5, kPhone, "c1"}};
  EXPECT_EQ(answer(rows, claim(kPhone, "c1")), "mine");
  EXPECT_EQ(answer(rows, claim("", "c1")), "mine");
  EXPECT_EQ(answer(rows, claim(kPhone, "c3")), "newest") << "receipts over a bind of their own";
  EXPECT_EQ(answer({{"a", 10, kPhone, ""}, {"b", 20, kPhone, "c1"}}, claim(kPhone, "")), "b") << "none says nothing";
}

TEST(Whose, TheNewestSubmitThatIsNotLaterElseTheEarliestLaterOne) {
  const Row before{"before", kReceivedAt - 1};
  const Row same{"same", kReceivedAt};
  const Row soon{"soon", kReceivedAt + 1};
  const Row later{"later", kReceivedAt + 2};
  EXPECT_EQ(answer({later, soon, before, {"old", 1}}), "before");
  EXPECT_EQ(answer({later, soon, same, before}), "same");
  EXPECT_EQ(answer({later, soon}), "soon");
  EXPECT_EQ(answer({{"mine", kReceivedAt + 2, kPhone}, {"before", 1, kOtherPhone}}, claim(kPhone)), "mine")
      << "the phone comes first";
}

TEST(Whose, AMissingMessageHasNoPhone) {
  const std::vector<Row> rows = {{.message = "gone", .submitted = 90, .exists = false}, {"mine", 10, kPhone}};
  EXPECT_EQ(answer(rows, claim(kPhone)), "mine");
  EXPECT_EQ(answer(rows, claim()), "(message_missing)");
}

TEST(Whose, TwoAtOneInstantAreAmbiguous) {
  EXPECT_EQ(answer({{"a", 10, kPhone}, {"b", 10, kPhone}, {"c", 5, kPhone}}), "(ambiguous_correlation)");
  EXPECT_EQ(answer({{"a", 10, kPhone}, {"b", 10, kOtherPhone}}, claim(kPhone)), "a");
}

TEST(Whose, EachSpellingChoosesForItself) {
  EXPECT_EQ(answer({{"mine", 10, kPhone},
                    {"other", 90, kOtherPhone},
                    {.message = "mine", .submitted = 10, .to_addr = kPhone, .candidate = 1}},
                   claim(kPhone)),
            "mine");
}

// Every case of whose_cases.txt, which says how they are written.
TEST(Whose, EachCaseOfTheTable) {
  std::ifstream file(DLRGW_WHOSE_CASES);
  std::string name, source, dest, connector;
  std::vector<Row> rows;
  std::int64_t received = 0;
  int cases = 0;
  const auto given = [](std::string word) { return word == "-" ? std::string() : word; };
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    if (!(words >> word) || word == "#") continue;
    if (word == "==") {
      name = line;
      rows.clear();
    } else if (word == "row") {
      Row row;
      std::string gone;
      words >> row.message >> row.submitted >> row.to_addr >> row.connector >> gone;
      row.to_addr = given(row.to_addr);
      row.connector = given(row.connector);
      row.exists = gone != "gone";
      rows.push_back(row);
    } else if (word == "receipt") {
      words >> received >> source >> dest >> connector;
      connector = given(connector);
    } else {
      std::string expected;
      ASSERT_TRUE(word == "is" && words >> expected) << line;
      const std::vector<Hit> hits = hits_of(rows);
      const Claim who{phone_digits(given(source)), phone_digits(given(dest)), connector, received};
      const Resolution r = resolve(hits, who, kPage);
      const std::string answered = r.hit != nullptr ? r.hit->message_id : "(" + std::string(to_string(r.finding)) + ")";
      EXPECT_EQ(answered, expected) << name;
      ++cases;
    }
  }
  EXPECT_GE(cases, 12);
}

Resolution of(const std::vector<Hit>& hits, const Claim& who) { return resolve(hits, who, hits.size()); }

TEST(Whose, RowsThatWereNotReadMakeDoubt) {
  const auto rows = hits_of({{"b", 90, kOtherPhone, "c2"}, {"a", 10, kPhone, "c1"}});
  EXPECT_EQ(of(rows, claim(kPhone, "c1")).doubt, Doubt::kNone) << "whatever is older";
  EXPECT_EQ(of(rows, claim(kPhone)).doubt, Doubt::kNone);
  EXPECT_EQ(of(rows, claim()).doubt, Doubt::kNone);
  EXPECT_EQ(of(rows, claim("", "c1")).doubt, Doubt::kNone);
  EXPECT_EQ(of(rows, claim(kPhone, "c2")).doubt, Doubt::kConnector);
  EXPECT_EQ(of(rows, claim("", "c3")).doubt, Doubt::kConnector);
  EXPECT_EQ(of(rows, claim("+4930999999")).doubt, Doubt::kAny);
  EXPECT_EQ(of(hits_of({{"b", 102}, {"a", 101}}), claim()).doubt, Doubt::kAny);
  EXPECT_EQ(resolve(rows, claim("+4930999999"), rows.size() + 1).doubt, Doubt::kNone) << "that is all there are";
}

TEST(Whose, InDoubtMoreIsReadAndThenNothingIsGuessed) {
  EXPECT_EQ(next_page(8, Doubt::kNone), std::nullopt);
  EXPECT_EQ(next_page(8, Doubt::kConnector), 128U);
  EXPECT_EQ(next_page(8, Doubt::kAny), 128U);
  EXPECT_EQ(next_page(128, Doubt::kConnector), std::nullopt);
  EXPECT_EQ(next_page(128, Doubt::kAny), 1024U);
  EXPECT_EQ(next_page(1024, Doubt::kAny), std::nullopt);

  const auto rows = hits_of({{"b", 90, kOtherPhone, "c2"}, {"a", 10, kPhone, "c1"}});
  EXPECT_EQ(final_answer(of(rows, claim("+4930999999"))).finding, Finding::kNoCorrelation);
  EXPECT_EQ(final_answer(of(rows, claim("+4930999999"))).hit, nullptr);
  EXPECT_EQ(final_answer(of(rows, claim("", "c3"))).hit->message_id, "b");
  EXPECT_EQ(final_answer(of(rows, claim(kPhone))).hit->message_id, "a");
}

TEST(Whose, TheClaimIsAskedForWhereAnIdHasSeveralRows) {
  EXPECT_FALSE(needs_claim(hits_of({})));
  EXPECT_FALSE(needs_claim(hits_of({{"a", 1}, {.message = "b", .candidate = 1}})));
  EXPECT_TRUE(needs_claim(hits_of({{"a", 1}, {.message = "b", .candidate = 1}, {"c", 2}})));
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
