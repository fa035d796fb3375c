// SPDX-License-Identifier: Apache-2.0
#include "quarantine_query.hpp"

#include <gtest/gtest.h>

namespace dlrgw::dedup {
namespace {

constexpr const char* kId = "6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a13";

QuarantineQuery accepted(const QuarantineQueryText& text) {
  const auto parsed = parse_quarantine_query(text);
  EXPECT_TRUE(std::holds_alternative<QuarantineQuery>(parsed));
  return std::holds_alternative<QuarantineQuery>(parsed) ? std::get<QuarantineQuery>(parsed) : QuarantineQuery{};
}

TEST(QuarantineQuery, WithoutParametersTheFirstPageOfAll) {
  const QuarantineQuery query = accepted({});
  EXPECT_EQ(query.limit, 50);
  EXPECT_EQ(query.state, QuarantineState::kAll);
  EXPECT_TRUE(query.operator_id.empty());
  EXPECT_GT(query.before.received_at_us, 4'000'000'000'000'000);
}

TEST(QuarantineQuery, TheCursorOfAPageIsTheNextOnesBeginning) {
  const std::string cursor = cursor_text({1'790'000'000'000'001, kId});
  const QuarantineQuery query = accepted({.operator_id = "mno-a", .state = "open", .limit = "200", .cursor = cursor});
  EXPECT_EQ(query.before.received_at_us, 1'790'000'000'000'001);
  EXPECT_EQ(query.before.id, kId);
  EXPECT_EQ(query.limit, 200);
  EXPECT_EQ(query.state, QuarantineState::kOpen);
  EXPECT_EQ(query.operator_id, "mno-a");
  EXPECT_EQ(accepted({.state = "decided"}).state, QuarantineState::kDecided);
}

TEST(QuarantineQuery, ARangeIncludesItsBeginningAndNotItsEnd) {
  EXPECT_EQ(accepted({}).from_us, 0) << "everything that is stored";
  const QuarantineQuery day = accepted({.from = "1970-01-02", .to = "1970-01-03"});
  EXPECT_EQ(day.from_us, 86'400'000'000);
  EXPECT_EQ(day.before.received_at_us, 2 * 86'400'000'000);
  EXPECT_EQ(day.before.id, "00000000-0000-0000-0000-000000000000") << "no row of that moment";
  const std::string cursor = cursor_text({86'400'000'001, kId});
  EXPECT_EQ(accepted({.cursor = cursor, .to = "1970-01-03"}).before.id, kId) << "the next page goes on";
}

TEST(QuarantineQuery, BadTextIsRefusedInASentenceThatQuotesNothing) {
  const std::string huge = "99999999999999999999." + std::string(kId);
  const std::string far = "9000000000000000000." + std::string(kId);
  const std::string long_id(65, 'a');
  for (const QuarantineQueryText& bad : {QuarantineQueryText{.limit = "0"},
                                         {.limit = "201"},
                                         {.limit = "-1"},
                                         {.limit = "ten"},
                                         {.limit = "1 "},
                                         {.cursor = "1"},
                                         {.cursor = "x.y"},
                                         {.cursor = huge},
                                         {.cursor = far},
                                         {.cursor = "-1.6f1c8a52"},
                                         {.state = "pending"},
                                         {.operator_id = "a b"},
                                         {.operator_id = long_id},
                                         {.from = "yesterday"},
                                         {.to = "2026-13-01"},
                                         {.from = "2026-02-01", .to = "2026-02-01"},
                                         {.operator_id = "'--"}}) {
    const auto parsed = parse_quarantine_query(bad);
    ASSERT_TRUE(std::holds_alternative<std::string>(parsed)) << bad.limit << bad.cursor << bad.state << bad.operator_id;
    EXPECT_EQ(std::get<std::string>(parsed).find("'--"), std::string::npos);
  }
}

TEST(QuarantineQuery, ARowIsToldWithAndWithoutItsDecision) {
  QuarantineItem item{{0, kId}, "mno-a", "id-1", kId, "DELIVERED", std::nullopt, 1'000'000, std::nullopt};
  const std::string id = kId;
  EXPECT_EQ(quarantine_json(item),
            R"({"id":")" + id + R"(","operatorId":"mno-a","operatorMessageId":"id-1","messageId":")" + id +
                R"(","dlrStatus":"DELIVERED","dlrTimestamp":null,"receivedAt":"1970-01-01T00:00:00.000Z",)"
                R"("terminalAt":"1970-01-01T00:00:01.000Z","action":null,"result":null,"actor":null,"actedAt":null})");
  item.decision = QuarantineDecision{"release", "late", "ops", 2'000'000};
  EXPECT_NE(quarantine_json(item).find(
                R"("action":"release","result":"late","actor":"ops","actedAt":"1970-01-01T00:00:02.000Z"})"),
            std::string::npos);
}

TEST(QuarantineQuery, TheConsoleShowsRowsEscapedAndSwitchesForOpenOnes) {
  QuarantineItem item{{0, kId}, "mno-a", "<i>\"&'", kId, "DELIVERED", std::nullopt, std::nullopt, std::nullopt};
  const std::string open = quarantine_html({item});
  EXPECT_NE(open.find("<td>&lt;i&gt;&quot;&amp;&#39;</td><td>DELIVERED</td><td>open</td>"), std::string::npos) << open;
  EXPECT_NE(open.find(std::string("data-path=\"/v1/admin/dlr/quarantine/") + kId + "/release\""), std::string::npos);
  EXPECT_EQ(open.find("<i>"), std::string::npos);
  item.decision = QuarantineDecision{"discard", "discarded", "ops", 0};
  const std::string decided = quarantine_html({item});
  EXPECT_NE(decided.find("<td>discard discarded</td><td></td>"), std::string::npos) << decided;
  EXPECT_EQ(decided.find("<button"), std::string::npos);
}

TEST(QuarantineQuery, AReasonIsOptionalAndBounded) {
  const auto text = [](std::string_view body) {
    const auto parsed = parse_decision_reason(body);
    const auto* reason = std::get_if<DecisionReason>(&parsed);
    return reason != nullptr ? "ok:" + reason->text : std::string("refused");
  };
  EXPECT_EQ(text(""), "ok:");
  EXPECT_EQ(text("{}"), "ok:");
  EXPECT_EQ(text(R"({"reason":null,"more":1})"), "ok:");
  EXPECT_EQ(text(R"({"reason":"operator confirmed"})"), "ok:operator confirmed");
  for (const char* bad : {"[]", "reason", "{", R"({"reason":1})", R"({"reason":"a\u0000b"})", R"({"reason":"a\nb"})",
                          R"({"reason":"\ud800"})"})
    EXPECT_EQ(text(bad), "refused") << bad;
  EXPECT_EQ(text(R"({"reason":")" + std::string(500, 'x') + "\"}"), "ok:" + std::string(500, 'x'));
  EXPECT_EQ(text(R"({"reason":")" + std::string(501, 'x') + "\"}"), "refused");
}

}  // namespace
}  // namespace dlrgw::dedup
