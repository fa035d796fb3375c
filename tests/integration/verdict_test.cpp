// SPDX-License-Identifier: Apache-2.0
// The verdict table of host/ARCHITECTURE.md on real servers. A C stage behind `correlate` gives the verdict that the
// receipt's error code asks for; each such receipt travels in one batch with neighbours that must not notice.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

constexpr std::size_t kNeighbours = 20;
constexpr int kMaxRetries = 2;

std::string chain_with(const std::string& file, const std::string& grants, const std::string& stage) {
  return shipped_config({
      {"max_retries = 20", "max_retries = " + std::to_string(kMaxRetries)},
      {"max_concurrency = 10", "max_concurrency = 1"},
      {"[pipeline]\n",
       "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR "/" + file + "\"\ngrants = [" + grants + "]\n\n[pipeline]\n"},
      {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"" + stage + "\", \"dedup.replay\""},
  });
}

enum class Fate { kApplied, kDropped, kRejected };

struct VerdictCase {
  const char* marker;
  const char* name;
  const char* outcome;  // of dlr.processed; the one and only
  Fate fate;
  int held_back;           // lines and counts that carried the handle
  int calls;               // least number of times that the stage saw it
  const char* reason;      // of the row in dlr.invalid_dlrs
  const char* error_kind;  // of dlr_plugin_errors_total; empty: none
};

// A breach is retried kMaxRetries times by the host before it is rejected: never acknowledged, never lost.
constexpr VerdictCase kVerdicts[] = {
    {"V-CONTINUE", "Continue", "applied", Fate::kApplied, 1, 1, "", ""},
    {"V-DROP-LATE", "DropWithOutcome", "late", Fate::kDropped, 1, 1, "", ""},
    {"V-DROP", "DropWithoutOutcome", "dropped", Fate::kDropped, 1, 1, "", ""},
    {"V-RETRY", "RetryTwiceThenContinue", "applied", Fate::kApplied, 3, 3, "", ""},
    {"V-REJECT", "Reject", "rejected", Fate::kRejected, 1, 1, "fixture_reject", ""},
    {"V-UNSET", "Unset", "rejected", Fate::kRejected, 0, kMaxRetries + 1, "breach", "breach"},
    {"V-ACTION", "UnknownAction", "rejected", Fate::kRejected, 0, kMaxRetries + 1, "breach", "breach"},
    {"V-REASON", "UndeclaredReason", "rejected", Fate::kRejected, 0, kMaxRetries + 1, "breach", "breach"},
    {"V-ERROR", "ErrorAfterVerdicts", "rejected", Fate::kRejected, 0, kMaxRetries + 1, "breach", "breach"},
    {"V-NUL", "NulInARow", "rejected", Fate::kRejected, 0, 1, "data", "data"},
    {"V-CHECK", "RowAgainstAConstraint", "rejected", Fate::kRejected, 0, 1, "data", "data"},
    {"V-SWALLOW", "FailedStatementIgnored", "rejected", Fate::kRejected, 0, 1, "data", "data"},
};

void PrintTo(const VerdictCase& verdict, std::ostream* out) { *out << verdict.marker; }

class VerdictTable : public testing::TestWithParam<VerdictCase> {};

TEST_P(VerdictTable, DecidesRowsEventsSettlementCountersAndLines) {
  const VerdictCase& c = GetParam();
  ScenarioOptions options;
  options.gateway.config_text = chain_with("fixture_verdict_stage.so", R"("sql", "events")", "fixture.verdict");
  Scenario s(std::move(options));
  const auto messages = s.add_messages(kNeighbours + 1);
  auto receipts = s.receipts_for(messages, "DELIVRD");
  for (std::size_t i = 0; i < receipts.size(); i += 2)
    receipts[i].error_code = "V-CONTINUE";  // some neighbours write too
  Receipt& one = receipts[kNeighbours / 2];
  one.error_code = c.marker;
  const std::string& message_id = messages[kNeighbours / 2].message_id;
  const std::uint64_t seq = kNeighbours / 2 + 1;

  Terminations terminations(s.nats());
  s.publish(receipts);  // waiting: one batch
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  const bool kept = c.fate != Fate::kRejected;
  const Metrics metrics = s.gateway().metrics();

  // What it wrote and emitted.
  EXPECT_EQ(lookup(s, "marker", "dlr.fixture_rows", "event_id", one.event_id), kept ? c.marker : "(none)");
  const auto own_events = std::ranges::count(s.events("sms.dlr.unmatched"), one.event_id, &CapturedEvent::msg_id);
  EXPECT_EQ(own_events, kept ? 1 : 0);
  // Later stages.
  const bool applied = c.fate == Fate::kApplied;
  EXPECT_EQ(lookup(s, "dlr_status", "dlr.delivery_receipts", "event_id", one.event_id),
            applied ? "DELIVERED" : "(none)");
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", message_id), applied ? "DELIVERED" : "SUBMITTED");
  EXPECT_EQ(s.events_by_message("billing.events").contains(message_id), applied);
  // NATS.
  const std::multiset<std::uint64_t> terminated =
      c.fate == Fate::kRejected ? std::multiset<std::uint64_t>{seq} : std::multiset<std::uint64_t>{};
  EXPECT_TRUE(eventually([&] { return terminations.so_far() == terminated; }));
  // The row of a rejection.
  const auto rows = s.postgres().rows(
      "SELECT kind, reason, stage, plugin, event_id, stream_seq, "
      "convert_from(payload, 'UTF8') FROM dlr.invalid_dlrs");
  if (c.fate == Fate::kRejected) {
    ASSERT_EQ(rows.size(), 1U);
    const bool at_commit = std::string_view(c.marker) == "V-CHECK";
    EXPECT_EQ(rows[0], (Row{"rejected", c.reason, at_commit ? "commit" : "fixture.verdict",
                            at_commit ? "" : "fixture.verdict", one.event_id, std::to_string(seq), one.json()}));
  } else {
    EXPECT_TRUE(rows.empty());
  }
  // Counters and lines, once each, or not at all.
  EXPECT_EQ(outcomes_by_event(s.gateway()).at(one.event_id), std::vector<std::string>{c.outcome});
  const auto lines = lines_with(s.gateway(), "fixture.seen", "eventId", one.event_id);
  EXPECT_EQ(lines.size(), static_cast<std::size_t>(c.held_back));
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(json_field(lines[i], "stageRetries"), std::to_string(i));
  const bool counted_apart = std::string_view(c.marker) != "V-CONTINUE";
  const double others =
      counted_apart ? 0 : static_cast<double>(std::ranges::count(receipts, "V-CONTINUE", &Receipt::error_code)) - 1;
  EXPECT_EQ(metrics.sum("fixture_seen_total", {{"marker", c.marker}}), c.held_back + others);
  EXPECT_GE(metrics.sum("fixture_calls_total", {{"marker", c.marker}}), c.calls);
  EXPECT_EQ(metrics.sum("dlr_plugin_errors_total") > 0, std::string_view(c.error_kind) != "");
  if (std::string_view(c.error_kind) != "") {
    EXPECT_GT(metrics.sum("dlr_plugin_errors_total", {{"kind", c.error_kind}}), 0);
    const auto failed = s.gateway().logs("dlr.processing_failed");
    EXPECT_TRUE(
        std::ranges::all_of(failed, [&](const auto& line) { return json_field(line, "kind") == c.error_kind; }));
  }
  // The neighbours: everything once, whatever happened beside them.
  for (const Receipt& receipt : receipts) {
    if (receipt.event_id == one.event_id) continue;
    EXPECT_EQ(outcomes_by_event(s.gateway()).at(receipt.event_id), std::vector<std::string>{"applied"});
    const std::size_t wrote = receipt.error_code.empty() ? 0 : 1;
    EXPECT_EQ(lines_with(s.gateway(), "fixture.seen", "eventId", receipt.event_id).size(), wrote);
  }
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), static_cast<std::int64_t>(kNeighbours + (applied ? 1 : 0)));
  EXPECT_EQ(metrics.sum("dlr_received_total"), static_cast<double>(receipts.size()));
  EXPECT_EQ(s.events_by_message("billing.events").size(), kNeighbours + (applied ? 1U : 0U));
}

INSTANTIATE_TEST_SUITE_P(Verdicts, VerdictTable, testing::ValuesIn(kVerdicts),
                         [](const auto& verdict) { return verdict.param.name; });

// With the shipped limit nothing is rejected soon: while it is broken a stage settles nothing, and mended it loses
// nothing.
TEST(BrokenStage, NeverAcknowledges) {
  ScenarioOptions options;
  options.gateway.config_text = chain_with("fixture_verdict_stage.so", R"("sql", "events")", "fixture.verdict");
  const auto limit = options.gateway.config_text.find("max_retries = 2");
  options.gateway.config_text.replace(limit, 15, "max_retries = 20");
  Scenario s(std::move(options));
  const auto messages = s.add_messages(12);
  auto receipts = s.receipts_for(messages, "DELIVRD");
  const char* breaches[] = {"V-UNSET", "V-ACTION", "V-REASON", "V-ERROR"};
  for (std::size_t i = 0; i < receipts.size(); ++i) receipts[i].error_code = breaches[i % 4];
  Terminations terminations(s.nats());
  ASSERT_TRUE(started(s));  // first: once nothing gets past the stage, the gateway is never ready
  s.publish(receipts);
  ASSERT_TRUE(reaches(s.gateway(), "fixture_calls_total", {}, 72)) << log_summary(s.gateway());
  const auto state = s.nats().consumer_state(kInboundStream, kInboundConsumer);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->ack_pending + static_cast<std::int64_t>(state->pending), 12);
  EXPECT_EQ(state->ack_floor, 0U);
  EXPECT_TRUE(terminations.so_far().empty());
  for (const char* table : {"dlr.delivery_receipts", "dlr.fixture_rows", "dlr.outbox", "dlr.invalid_dlrs"})
    EXPECT_EQ(s.count_rows(table), 0) << table;
  EXPECT_TRUE(s.gateway().logs("fixture.seen").empty());
  EXPECT_TRUE(s.gateway().logs("dlr.processed").empty());
  const HttpReply ready = s.gateway().get("/ready");
  EXPECT_EQ(ready.status, 503) << "nothing gets past that stage";
  EXPECT_THAT(ready.body, ::testing::HasSubstr("stage fixture.verdict"));
  EXPECT_EQ(s.gateway().terminate(), 0);

  GatewayProcess mended(s.servers());  // the shipped chain, without the fixture
  mended.start();
  ASSERT_TRUE(mended.wait_ready());
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
}

TEST(BrokenStage, AThrownExceptionNeitherCrossesNorAcknowledges) {
  ScenarioOptions options;
  options.gateway.config_text = chain_with("fixture_throwing_stage.so", "", "fixture.throwing");
  Scenario s(std::move(options));
  const auto messages = s.add_messages(10);
  auto receipts = s.receipts_for(messages, "DELIVRD");
  receipts[3].error_code = "T-INT";
  receipts[6].error_code = "T-TEXT";
  receipts[8].error_code = "T-MEMORY";
  Terminations terminations(s.nats());
  s.publish(receipts);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  EXPECT_TRUE(s.gateway().running());
  EXPECT_TRUE(eventually([&] { return terminations.so_far() == std::multiset<std::uint64_t>{4, 7, 9}; }));
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 7}, {"rejected", 3}}));
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.invalid_dlrs WHERE kind = 'rejected' AND reason = 'breach' "
                               "AND plugin = 'fixture.throwing'"),
            3);
  EXPECT_GE(s.gateway().metrics().sum("dlr_plugin_errors_total", {{"plugin", "fixture.throwing"}}), 3);
  const auto failed = s.gateway().logs("dlr.processing_failed");
  EXPECT_TRUE(std::ranges::any_of(failed, [](const auto& line) {
    return json_field(line, "plugin") == "fixture.throwing" &&
           json_field(line, "reason").find("threw") != std::string::npos;
  })) << log_summary(s.gateway());
}

}  // namespace
}  // namespace dlrgw::test
