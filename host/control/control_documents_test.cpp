// SPDX-License-Identifier: Apache-2.0
// What GET /v1/admin/pipeline, plugins and jobs say, of values.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/pipeline_manager.hpp"

namespace dlrgw::host {
namespace {

namespace json = boost::json;

class ControlDocuments : public testing::Test {
 protected:
  ControlDocuments() {
    pipeline_.snapshot = std::make_shared<Snapshot>();
    pipeline_.order = {"check", "store"};
    pipeline_.disabled = {"check"};
    StageDeclaration check;
    check.name = "check";
    check.plugin = "acme";
    StageDeclaration store;
    store.name = "store";
    store.plugin = "acme";
    store.essential = true;
    pipeline_.stages = {store, check};
  }

  json::object pipeline(const LastReload& last = {}) {
    return json::parse(pipeline_document(pipeline_, host_metrics_, 4, last)).as_object();
  }

  Metrics metrics_{{}};
  HostMetrics host_metrics_{metrics_};
  HealthRegistry health_;
  Logger logger_{"test", Level::kError};
  PluginIdentity acme_{"acme", "1.0.0", {}, "/p/acme.so"};
  Pipeline pipeline_;
};

TEST_F(ControlDocuments, StagesStandInTheirOrderWithWhatTheyDecided) {
  host_metrics_.verdict("store", "continue", 7);
  host_metrics_.stage("store", 0.25);
  host_metrics_.stage("store", 0.5);
  const json::object document = pipeline();
  EXPECT_EQ(document.at("generation"), 4);
  const json::array& stages = document.at("stages").as_array();
  ASSERT_EQ(stages.size(), 2U);
  EXPECT_EQ(stages[0].at("name"), "check");
  EXPECT_EQ(stages[0].at("enabled"), false);
  EXPECT_EQ(stages[0].at("essential"), false);
  EXPECT_EQ(stages[0].at("batches"), 0);
  EXPECT_EQ(stages[1].at("name"), "store");
  EXPECT_EQ(stages[1].at("plugin"), "acme");
  EXPECT_EQ(stages[1].at("enabled"), true);
  EXPECT_EQ(stages[1].at("essential"), true);
  EXPECT_EQ(stages[1].at("verdicts").at("continue"), 7);
  EXPECT_EQ(stages[1].at("verdicts").at("reject"), 0);
  EXPECT_EQ(stages[1].at("batches"), 2);
  EXPECT_EQ(stages[1].at("busyMs"), 750);
  EXPECT_EQ(stages[1].at("breaker"), "closed");
  EXPECT_EQ(stages[1].at("held"), 0);
}

TEST_F(ControlDocuments, AStageThatNoPluginContributesIsShownAllTheSame) {
  pipeline_.order.push_back("gone");
  const json::object document = pipeline();
  EXPECT_EQ(document.at("stages").as_array()[2].at("plugin"), "");
}

TEST_F(ControlDocuments, OneSetOfInstancesBelongsToSubmissionsAndIsNoLane) {
  EXPECT_EQ(pipeline().at("lanes"), 0);
  for (int i = 0; i < 11; ++i) pipeline_.snapshot->lanes.push_back(std::make_unique<LaneInstances>());
  EXPECT_EQ(pipeline().at("lanes"), 10);
}

TEST_F(ControlDocuments, TheBacklogIsTheConsumers) {
  host_metrics_.consumer(true, 30, 20, 10);
  host_metrics_.lanes_busy(3);
  const json::object document = pipeline();
  EXPECT_EQ(document.at("lanesBusy"), 3);
  EXPECT_EQ(document.at("backlog").at("pending"), 30);
  EXPECT_EQ(document.at("backlog").at("unacknowledged"), 20);
  EXPECT_EQ(document.at("backlog").at("parked"), 10);
}

TEST_F(ControlDocuments, TheTimeOfReceiptsIsShownByItsBuckets) {
  host_metrics_.durations(0.0004, 1);
  host_metrics_.durations(3600, 3600);
  const json::object processing = pipeline().at("processing").as_object();
  EXPECT_EQ(processing.at("receipts"), 2);
  const json::array& buckets = processing.at("buckets").as_array();
  EXPECT_EQ(buckets.front().at("receipts"), 1);
  EXPECT_EQ(buckets.at(buckets.size() - 2).at("receipts"), 1);
  EXPECT_TRUE(buckets.back().at("upToMs").is_null());
  EXPECT_EQ(buckets.back().at("receipts"), 2);
}

TEST_F(ControlDocuments, TheLastReloadIsNullUntilThereWasOne) {
  EXPECT_TRUE(pipeline().at("lastReload").is_null());
  json::object last = pipeline({1'767'225'600'000'000, true, "", {"http", "storage"}}).at("lastReload").as_object();
  EXPECT_EQ(last.at("at"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(last.at("ok"), true);
  EXPECT_TRUE(last.at("error").is_null());
  EXPECT_EQ(last.at("needsRestart"), (json::array{"http", "storage"}));
  last = pipeline({1, false, "plugin x: no", {}}).at("lastReload").as_object();
  EXPECT_EQ(last.at("ok"), false);
  EXPECT_EQ(last.at("error"), "plugin x: no");
}

TEST_F(ControlDocuments, APluginShowsItsQuirksAndWhetherItIsOn) {
  PluginInfo acme;
  acme.id = "acme";
  acme.version = "1.0.0";
  acme.path = "/p/acme.so";
  acme.sha256 = "00";
  PluginInfo other = acme;
  other.id = "other";
  pipeline_.plugins = {acme, other};
  pipeline_.active_plugins = {"acme"};
  QuirkSlot quirk;
  quirk.name = "acme.german";
  quirk.plugin = &acme_;
  quirk.operators = {"mno-a", "mno-b"};
  quirk.breaker = std::make_shared<Breaker>(
      BreakerSubject{BreakerKind::kQuirk, quirk.name, acme_.id, acme_.version, health_, logger_},
      std::make_shared<std::atomic<std::size_t>>(0));
  pipeline_.snapshot->quirks.push_back(quirk);
  const json::array plugins = json::parse(plugins_document(pipeline_, {})).at("plugins").as_array();
  ASSERT_EQ(plugins.size(), 2U);
  EXPECT_EQ(plugins[0].at("enabled"), true);
  EXPECT_TRUE(plugins[0].at("description").is_null());
  ASSERT_EQ(plugins[0].at("quirks").as_array().size(), 1U);
  const json::value& shown = plugins[0].at("quirks").as_array()[0];
  EXPECT_EQ(shown.at("name"), "acme.german");
  EXPECT_EQ(shown.at("operators"), (json::array{"mno-a", "mno-b"}));
  EXPECT_EQ(shown.at("breaker"), "closed");
  EXPECT_EQ(shown.at("held"), 0);
  EXPECT_EQ(plugins[1].at("enabled"), false);
  EXPECT_TRUE(plugins[1].at("quirks").as_array().empty());
}

TEST_F(ControlDocuments, AJobThatNeverRanHasNullTimes) {
  JobStatus job;
  job.name = "outbox.relay";
  job.plugin = "outbox";
  job.schedule = "continuous";
  job.singleton = job.leads = job.running = true;
  job.runs = 2;
  job.last_started_us = 1'767'225'600'000'000;
  job.last_error = "PostgreSQL is away";
  const json::array jobs = json::parse(jobs_document({job, {}})).at("jobs").as_array();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].at("name"), "outbox.relay");
  EXPECT_EQ(jobs[0].at("leads"), true);
  EXPECT_EQ(jobs[0].at("runs"), 2);
  EXPECT_EQ(jobs[0].at("lastStartedAt"), "2026-01-01T00:00:00.000Z");
  EXPECT_TRUE(jobs[0].at("nextAt").is_null());
  EXPECT_EQ(jobs[0].at("lastError"), "PostgreSQL is away");
  EXPECT_TRUE(jobs[1].at("lastStartedAt").is_null());
  EXPECT_TRUE(jobs[1].at("lastError").is_null());
}

}  // namespace
}  // namespace dlrgw::host
