// SPDX-License-Identifier: Apache-2.0
// Alerts and dashboard: promtool's cases, a real Prometheus that sees outages of a real gateway, every query of the
// dashboard answered by it, and one entry of the runbook for each alert.
#include <algorithm>
#include <regex>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "observe/prometheus.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;
namespace json = boost::json;

std::vector<std::string> alert_names() {
  const std::string text = read_file(DLRGW_ALERTS_FILE);
  const std::regex name("- alert: (\\w+)");
  std::vector<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it) names.push_back((*it)[1]);
  return names;
}

struct Query {
  std::string panel;
  std::string expr;
};

// As Grafana sends them, with every gateway chosen.
std::vector<Query> dashboard_queries() {
  std::vector<Query> queries;
  const json::value dashboard = json::parse(read_file(DLRGW_DASHBOARD_FILE));
  for (const json::value& panel : dashboard.at("panels").as_array()) {
    if (panel.at("type").as_string() == "row") continue;
    for (const json::value& target : panel.at("targets").as_array()) {
      std::string expr(target.at("expr").as_string());
      expr = std::regex_replace(expr, std::regex(R"(\$instance)"), ".*");
      expr = std::regex_replace(expr, std::regex(R"(\$__rate_interval)"), "1m");
      queries.push_back({std::string(panel.at("title").as_string()), expr});
    }
  }
  return queries;
}

bool fires(const Prometheus& prometheus, const std::string& alert) {
  return eventually([&] {
    const auto now = prometheus.firing();
    return std::find(now.begin(), now.end(), alert) != now.end();
  });
}

TEST(Us012Alerts, PromtoolsCasesFireAndDoNot) {
  const TempDir dir;
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"promtool", "check", "rules", DLRGW_ALERTS_FILE},
        std::vector<std::string>{"promtool", "test", "rules", DLRGW_ALERT_CASES_FILE}}) {
    SpawnOptions promtool;
    promtool.argv = command;
    promtool.stdout_path = dir.path() + "/out";
    EXPECT_EQ(run_to_end(promtool), 0) << read_file(promtool.stdout_path);
  }
  const std::string cases = read_file(DLRGW_ALERT_CASES_FILE);
  ASSERT_FALSE(alert_names().empty());
  for (const std::string& alert : alert_names()) {
    EXPECT_TRUE(std::regex_search(cases, std::regex("alertname: " + alert + " }"))) << alert << " has no quiet case";
    EXPECT_TRUE(std::regex_search(cases, std::regex("alertname: " + alert + "\\n +exp_alerts")))
        << alert << " never fires";
  }
}

TEST(Us012Alerts, EachHasItsEntryInTheRunbook) {
  const std::string runbook = read_file(DLRGW_RUNBOOK_FILE);
  ASSERT_THAT(alert_names(), testing::SizeIs(21));
  for (const std::string& alert : alert_names()) {
    const std::size_t at = runbook.find("## " + alert + "\n");
    ASSERT_NE(at, std::string::npos) << alert;
    const std::string entry = runbook.substr(at, runbook.find("\n## ", at + 1) - at);
    for (const char* part : {"**Means**", "**First look**", "**Cure**"})
      EXPECT_NE(entry.find(part), std::string::npos) << alert << " lacks " << part;
  }
}

TEST(Us012Alerts, NatsStoppedIsDisconnectedAndRecoversByItself) {
  Scenario s;
  ASSERT_TRUE(started(s));
  const Prometheus prometheus({s.gateway().admin_address()});
  ASSERT_TRUE(eventually([&] { return prometheus.series("dlr_nats_consumer_status == 1") == 1; }));
  ASSERT_TRUE(eventually([&] { return prometheus.firing().empty(); })) << "before the first scrape all is absent";
  s.nats().stop();
  EXPECT_TRUE(fires(prometheus, "DlrConsumerDisconnected"));
  EXPECT_TRUE(fires(prometheus, "DlrDependencyDegraded"));
  s.nats().start();
  EXPECT_TRUE(eventually([&] {
    const auto now = prometheus.firing();
    return std::find(now.begin(), now.end(), "DlrConsumerDisconnected") == now.end();
  }));
}

TEST(Us012Alerts, PostgreSqlAwayIsTheCriticalOne) {
  Scenario s;
  ASSERT_TRUE(started(s));
  const Prometheus prometheus({s.gateway().admin_address()});
  ASSERT_TRUE(eventually([&] { return prometheus.series("dlr_nats_consumer_status == 1") == 1; }));
  s.postgres().stop();
  EXPECT_TRUE(fires(prometheus, "DlrConsumerDisconnected"));
  s.postgres().start();
  EXPECT_TRUE(eventually([&] {
    const auto now = prometheus.firing();
    return std::find(now.begin(), now.end(), "DlrConsumerDisconnected") == now.end();
  }));
}

TEST(Us012Alerts, AGatewayThatIsGoneIsMissed) {
  Scenario s;
  ASSERT_TRUE(started(s));
  const Prometheus prometheus({s.gateway().admin_address()});
  ASSERT_TRUE(eventually([&] { return prometheus.series("dlr_build_info == 1") == 1; }));
  s.gateway().kill9();
  EXPECT_TRUE(fires(prometheus, "DlrGatewayGone"));
}

TEST(Us012Alerts, OutboundStreamDeletedUnderTrafficIsOutboxLag) {
  Scenario s;
  ASSERT_TRUE(started(s));
  const Prometheus prometheus({s.gateway().admin_address()});
  s.publish(s.receipts_for(s.add_messages(50), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  ASSERT_TRUE(eventually([&] { return prometheus.series("dlr_outbox_leader == 1") == 1; }));
  ASSERT_TRUE(eventually([&] { return prometheus.firing().empty(); })) << "before the first scrape all is absent";
  s.nats().delete_stream(kCaptureStream);
  s.publish(s.receipts_for(s.add_messages(500), "DELIVRD"));  // three events each
  EXPECT_TRUE(fires(prometheus, "DlrOutboxLag")) << s.gateway().metrics().sum("dlr_outbox_pending");
  EXPECT_THAT(prometheus.firing(), Not(Contains("DlrConsumerDisconnected")));
  s.nats().create_capture();
  EXPECT_TRUE(settles(s)) << "recovers by itself";
  EXPECT_EQ(s.events_by_message("billing.events").size(), 500U) << "and lost nothing";
}

TEST(Us012Alerts, OrphansAmongTheReceiptsAreAHighOrphanRate) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"retry_delay = \"3s\"", "retry_delay = \"20ms\""}});
  Scenario s(std::move(options));
  ASSERT_TRUE(started(s));
  const Prometheus prometheus({s.gateway().admin_address()});
  ASSERT_TRUE(eventually([&] { return prometheus.series("dlr_nats_consumer_status == 1") == 1; }));
  // Prometheus counts what is added to a series that it has seen.
  s.publish(s.receipts_for(s.add_messages(1), "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return prometheus.series("dlr_received_total >= 1") == 1; }));
  std::vector<Receipt> receipts = s.receipts_for(s.add_messages(300), "DELIVRD");
  for (int i = 0; i < 30; ++i) receipts.push_back(s.receipt_for(random_message(s.rng(), "mno-test"), "DELIVRD"));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  EXPECT_TRUE(fires(prometheus, "DlrHighOrphanRate")) << s.gateway().metrics().sum("dlr_orphan_rate");
}

// A trigger of the table's owner makes each batch take longer than half a second.
TEST(Us012Alerts, ASlowDatabaseIsHighLatency) {
  Scenario s;
  s.postgres().exec(
      "CREATE FUNCTION orch.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.7); RETURN NULL; "
      "END $$; CREATE TRIGGER slow AFTER UPDATE ON orch.sms_messages FOR EACH STATEMENT EXECUTE FUNCTION orch.slow()");
  ASSERT_TRUE(started(s));
  const Prometheus prometheus({s.gateway().admin_address()});
  ASSERT_TRUE(eventually([&] { return prometheus.series("dlr_nats_consumer_status == 1") == 1; }));
  s.publish(s.receipts_for(s.add_messages(300), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_TRUE(fires(prometheus, "DlrHighLatency"));
}

TEST(Us017Dashboard, HasAPanelOfTheRateOfLateReceipts) {
  const auto queries = dashboard_queries();
  EXPECT_TRUE(std::ranges::any_of(queries, [](const Query& query) {
    return query.expr.find("dlr_late_total") != std::string::npos && query.expr.find('/') != std::string::npos;
  })) << "the share of the receipts, not a bare count";
}

TEST(Us010Dashboard, EveryQueryIsAnswered) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({}) + "\n[operators.\"mno-test\"]\n";
  Scenario s(std::move(options));
  ASSERT_TRUE(started(s));
  const Prometheus prometheus({s.gateway().admin_address()});
  const auto messages = s.add_messages(20);
  for (int round = 0; round < 2; ++round) {
    s.publish(s.receipts_for(messages, "DELIVRD"));
    Message lost;
    lost.operator_id = "mno-test";
    lost.operator_message_id = "lost-" + std::to_string(round);
    Receipt unreadable = s.receipt_for(lost, "DELIVRD");
    unreadable.more.emplace_back("doneDate", "\"yesterday\"");
    s.publish({unreadable});
    ASSERT_TRUE(settles(s));
  }
  std::vector<Query> empty = dashboard_queries();
  ASSERT_GE(empty.size(), 30U);
  EXPECT_TRUE(eventually([&] {
    std::erase_if(empty, [&](const Query& query) { return prometheus.series(query.expr) != 0; });
    return empty.empty();
  }));
  for (const Query& query : empty) ADD_FAILURE() << query.panel << ": " << query.expr;
}

}  // namespace
}  // namespace dlrgw::test
