// SPDX-License-Identifier: Apache-2.0
// /metrics: every family of the contract under its exact name, series that exist before the first receipt, labels that
// stay bounded, an exposition that promtool accepts, and an answer that needs no other server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::map<std::string, std::string> kCore = {{"dlr_received_total", "counter"},
                                                  {"dlr_processed_total", "counter"},
                                                  {"dlr_duplicates_total", "counter"},
                                                  {"dlr_orphans_total", "counter"},
                                                  {"dlr_orphan_rate", "gauge"},
                                                  {"dlr_correlation_retry_total", "counter"},
                                                  {"dlr_processing_duration_seconds", "histogram"},
                                                  {"dlr_outbox_pending", "gauge"},
                                                  {"dlr_nats_consumer_status", "gauge"},
                                                  {"dlr_billing_events_total", "counter"},
                                                  {"dlr_webhook_events_total", "counter"}};
const std::map<std::string, std::string> kFurther = {{"dlr_dedup_total", "counter"},
                                                     {"dlr_late_total", "counter"},
                                                     {"dlr_orphan_total", "counter"},
                                                     {"dlr_quarantined_total", "counter"},
                                                     {"dlr_aggregates_total", "counter"},
                                                     {"dlr_invalid_total", "counter"},
                                                     {"dlr_end_to_end_seconds", "histogram"},
                                                     {"dlr_correlation_wait_seconds", "histogram"},
                                                     {"dlr_consumer_pending", "gauge"},
                                                     {"dlr_consumer_ack_pending", "gauge"},
                                                     {"dlr_lanes_busy", "gauge"},
                                                     {"dlr_lanes_lost", "gauge"},
                                                     {"dlr_batches_total", "counter"},
                                                     {"dlr_outbox_oldest_seconds", "gauge"},
                                                     {"dlr_outbox_leader", "gauge"},
                                                     {"dlr_unknown_stat_total", "counter"},
                                                     {"dlr_dependency_errors_total", "counter"},
                                                     {"dlr_dependency_up", "gauge"},
                                                     {"dlr_build_info", "gauge"},
                                                     {"dlr_plugin_info", "gauge"},
                                                     {"process_cpu_seconds_total", "counter"},
                                                     {"process_resident_memory_bytes", "gauge"},
                                                     {"process_start_time_seconds", "gauge"},
                                                     {"process_open_fds", "gauge"},
                                                     {"dlr_plugin_images", "gauge"},
                                                     {"dlr_config_reloads_total", "counter"}};
// Come into being with the first receipt, event or fault.
const std::map<std::string, std::string> kOnUse = {{"dlr_flagged_fields_total", "counter"},
                                                   {"dlr_outbox_published_total", "counter"},
                                                   {"dlr_stage_duration_seconds", "histogram"},
                                                   {"dlr_stage_receipts_total", "counter"}};

std::map<std::string, std::string> types_of(const std::string& exposition) {
  std::map<std::string, std::string> types;
  std::istringstream lines(exposition);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, keyword, name, type;
    if (words >> hash >> keyword >> name >> type && keyword == "TYPE") types[name] = type;
  }
  return types;
}

std::vector<std::string> missing(const std::map<std::string, std::string>& wanted, const std::string& exposition) {
  const auto types = types_of(exposition);
  std::vector<std::string> out;
  for (const auto& [name, type] : wanted)
    if (!types.contains(name) || types.at(name) != type) out.push_back(name + " as " + type);
  return out;
}

std::set<std::string> values_of(const Metrics& metrics, const std::string& label) {
  std::set<std::string> values;
  for (const Sample& sample : metrics.samples())
    if (sample.labels.contains(label)) values.insert(sample.labels.at(label));
  return values;
}

// The shipped configuration with two operators, and labels for three that have no table.
ScenarioOptions two_operators() {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"max_operator_labels = 500", "max_operator_labels = 3"}}) +
                                "\n[operators.\"mno-test\"]\n[operators.\"mno-quiet\"]\n";
  return options;
}

TEST(Us010Metrics, ExistBeforeTheFirstReceiptAndTellTheTruthAfterIt) {
  Scenario s(two_operators());
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return s.gateway().metrics().has("dlr_outbox_pending"); })) << "the relay leads";
  const std::string before = s.gateway().admin_get("/metrics").body;
  EXPECT_THAT(missing(kCore, before), IsEmpty());
  EXPECT_THAT(missing(kFurther, before), IsEmpty());
  const Metrics idle = Metrics::parse(before);
  for (const std::string id : {"mno-test", "mno-quiet", "other"}) {
    for (const char* name :
         {"dlr_received_total", "dlr_duplicates_total", "dlr_orphans_total", "dlr_orphan_total",
          "dlr_correlation_retry_total", "dlr_dedup_total", "dlr_quarantined_total", "dlr_unknown_stat_total"})
      EXPECT_TRUE(idle.has(name, {{"operatorId", id}})) << name << " " << id;
    EXPECT_TRUE(idle.has("dlr_processed_total", {{"operatorId", id}, {"status", "FAILED"}, {"outcome", "applied"}}));
    EXPECT_TRUE(idle.has("dlr_late_total", {{"operatorId", id}, {"kind", "terminal_conflict"}})) << id;
  }
  EXPECT_EQ(idle.sum("dlr_processed_total"), 0);
  EXPECT_TRUE(idle.has("dlr_billing_events_total", {{"status", "PARTIAL"}}));
  EXPECT_TRUE(idle.has("dlr_aggregates_total", {{"status", "PARTIAL"}, {"reason", "grace_expired"}}));
  EXPECT_TRUE(idle.has("dlr_invalid_total", {{"reason", "too_large"}}));

  const auto known = s.add_messages(20);
  std::vector<Receipt> receipts = s.receipts_for(known, "DELIVRD");
  receipts.push_back(s.receipt_for(known[0], "DELIVRD"));  // twice
  for (int i = 0; i < 30; ++i) {
    Message foreign;
    foreign.operator_id = "stranger-" + std::to_string(i);
    foreign.operator_message_id = "lost-" + std::to_string(i);
    receipts.push_back(s.receipt_for(foreign, "DELIVRD"));
  }
  receipts.front().more.emplace_back("doneDate", "\"yesterday\"");
  s.publish(receipts);
  s.publish_raw({"{", R"({"operatorId": "stranger-x"})"});
  ASSERT_TRUE(settles(s));
  const std::string after = s.gateway().admin_get("/metrics").body;
  EXPECT_THAT(missing(kOnUse, after), IsEmpty());
  const Metrics busy = Metrics::parse(after);
  const std::set<std::string> operators = values_of(busy, "operatorId");
  EXPECT_EQ(operators.size(), 6U) << "two of the configuration, three that were seen, and the others";
  for (const char* id : {"mno-quiet", "mno-test", "other"}) EXPECT_TRUE(operators.contains(id)) << id;
  EXPECT_EQ(busy.sum("dlr_received_total"), 53);
  EXPECT_EQ(busy.sum("dlr_received_total", {{"operatorId", "mno-test"}}), 21);
  EXPECT_GE(busy.sum("dlr_received_total", {{"operatorId", "other"}}), 28);
  EXPECT_EQ(busy.sum("dlr_processed_total"), 53);
  EXPECT_EQ(busy.sum("dlr_orphans_total"), 30);
  EXPECT_EQ(busy.sum("dlr_build_info"), 1);
  EXPECT_EQ(busy.sum("dlr_flagged_fields_total"), 1);
  EXPECT_EQ(busy.sum("dlr_flagged_fields_total", {{"operatorId", "mno-test"}, {"flag", "implausible_date"}}), 1);
  ASSERT_TRUE(eventually([&] { return s.gateway().logs("dlr.metrics.operators_full").size() == 1; }));
  EXPECT_EQ(busy.sum("dlr_metric_refused_total"), 0);
}

TEST(Us010Metrics, ProcessingTimeHasExactlyTheBucketsThatDashboardsRelyOn) {
  Scenario s;
  ASSERT_TRUE(started(s));
  std::vector<std::string> bounds;
  const Metrics metrics = s.gateway().metrics();
  for (const Sample& sample : metrics.samples())
    if (sample.name == "dlr_processing_duration_seconds_bucket") bounds.push_back(sample.labels.at("le"));
  EXPECT_THAT(bounds, ElementsAre("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "+Inf"));
}

TEST(Us010Metrics, PromtoolAcceptsTheExposition) {
  Scenario s;
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(s.add_messages(5), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  const TempDir dir;
  SpawnOptions promtool;
  const std::string page = dir.write_file("metrics", s.gateway().admin_get("/metrics").body);
  promtool.argv = {"sh", "-c", "exec promtool check metrics <\"$0\"", page};
  promtool.stdout_path = dir.path() + "/out";
  promtool.stderr_path = dir.path() + "/err";
  const int code = run_to_end(promtool);
  // operatorId is the contract's name; promtool would write operator_id.
  std::vector<std::string> complaints;
  std::istringstream lines(read_file(promtool.stdout_path) + read_file(promtool.stderr_path));
  for (std::string line; std::getline(lines, line);)
    if (!line.ends_with("label names should be written in 'snake_case' not 'camelCase'")) complaints.push_back(line);
  EXPECT_THAT(complaints, IsEmpty());
  EXPECT_EQ(code, 3) << "not what promtool answers when it has read everything and found names to complain about";
}

TEST(Us010Metrics, AreAnsweredWhileEveryServerIsAway) {
  Scenario s;
  ASSERT_TRUE(started(s));
  s.nats().stop();
  s.redis().stop();
  s.postgres().stop();
  ASSERT_TRUE(eventually([&] { return s.gateway().metrics().sum("dlr_nats_consumer_status") == 0; }));
  ASSERT_TRUE(eventually([&] {
    const Metrics now = s.gateway().metrics();
    return now.sum("dlr_dependency_up", {{"dependency", "nats"}}) == 0 &&
           now.sum("dlr_dependency_up", {{"dependency", "postgresql"}}) == 0;
  }));
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(s.gateway().admin_get("/metrics").status, 200);
  }
}

}  // namespace
}  // namespace dlrgw::test
