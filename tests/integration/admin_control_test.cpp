// SPDX-License-Identifier: Apache-2.0
// The state of the gateway and its switches over HTTP: what they show, what they refuse, and that neither a switch nor
// a broken reload costs a receipt.
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kByActor = std::string(kActor) + " ";

class AdminControl : public testing::Test {
 protected:
  HttpReply get(Scenario& s, const std::string& target) { return admin(s.gateway(), keys_, "GET", target); }
  HttpReply post(Scenario& s, const std::string& target) { return admin(s.gateway(), keys_, "POST", target); }
  std::string pipeline(Scenario& s, const std::string& field) {
    return json_field(get(s, "/v1/admin/pipeline").body, field);
  }
  bool stage_enabled(Scenario& s, const std::string& name) {
    return json_field(part_of(get(s, "/v1/admin/pipeline").body, "stages", name), "enabled") == "true";
  }
  static void write_config(Scenario& s, const std::string& text) {
    std::ofstream(s.gateway().config_path(), std::ios::trunc) << text;
  }
  // A problem document with this status and these words in its sentence.
  static void expect_refused(const HttpReply& reply, int status, const std::string& words) {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
    EXPECT_EQ(json_field(reply.body, "status"), std::to_string(status));
    EXPECT_THAT(json_field(reply.body, "detail"), HasSubstr(words));
  }
  AdminKeys keys_;
};

TEST_F(AdminControl, DocumentsShowThePipelineItsPluginsAndJobs) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(s.add_messages(5), "DELIVRD"));
  ASSERT_TRUE(settles(s));

  const HttpReply document = get(s, "/v1/admin/pipeline");
  EXPECT_EQ(document.status, 200);
  EXPECT_EQ(document.headers.at("content-type"), "application/json");
  EXPECT_EQ(json_field(document.body, "generation"), "1");
  EXPECT_EQ(json_field(document.body, "lastReload"), "null");
  EXPECT_EQ(json_field(document.body, "lanes"), "10");
  EXPECT_EQ(json_field(json_field(document.body, "backlog"), "parked"), "0");
  const std::string correlate = part_of(document.body, "stages", "correlate");
  EXPECT_EQ(json_field(correlate, "plugin"), "correlate");
  EXPECT_EQ(json_field(correlate, "essential"), "true");
  EXPECT_EQ(json_field(correlate, "enabled"), "true");
  EXPECT_EQ(json_field(json_field(correlate, "verdicts"), "continue"), "5");
  EXPECT_GE(std::stoi(json_field(correlate, "batches")), 1);

  const HttpReply plugins = get(s, "/v1/admin/plugins");
  EXPECT_EQ(plugins.status, 200);
  const std::string outbox = part_of(plugins.body, "plugins", "outbox");
  EXPECT_EQ(json_field(outbox, "enabled"), "true");
  EXPECT_EQ(json_field(outbox, "sha256").size(), 64U);
  EXPECT_THAT(json_field(outbox, "file"), HasSubstr("dlrgw_outbox.so"));

  const HttpReply jobs = get(s, "/v1/admin/jobs");
  EXPECT_EQ(jobs.status, 200);
  const std::string relay = part_of(jobs.body, "jobs", "outbox.relay");
  EXPECT_EQ(json_field(relay, "singleton"), "true");
  EXPECT_EQ(json_field(relay, "leads"), "true");
  EXPECT_EQ(json_field(relay, "running"), "true");
  EXPECT_EQ(json_field(relay, "lastError"), "null");
  EXPECT_NE(json_field(part_of(jobs.body, "jobs", "segments.sweep"), "nextAt"), "null");
  EXPECT_THAT(audit_rows(s), IsEmpty()) << "reads are not audited";
}

TEST_F(AdminControl, RefusalsSayWhyAndAreAudited) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  const char* essential[] = {"normalise", "correlate", "dedup.replay", "segments", "outbox"};
  std::vector<std::string> audited;
  for (const std::string stage : essential) {
    const HttpReply reply = post(s, "/v1/admin/stages/" + stage + "/disable");
    expect_refused(reply, 409, "stage \"" + stage + "\"");
    EXPECT_THAT(json_field(reply.body, "detail"), HasSubstr("is essential and cannot be disabled"));
    EXPECT_THAT(json_field(json_field(json_field(reply.body, "pipeline"), "lastReload"), "error"), HasSubstr(stage));
    EXPECT_TRUE(stage_enabled(s, stage));
    audited.push_back(kByActor + "stage.disable stage " + stage + " refused");
  }
  expect_refused(post(s, "/v1/admin/stages/acme.audit/disable"), 404, "stage \"acme.audit\" is not part of");
  audited.push_back(kByActor + "stage.disable stage acme.audit refused");
  expect_refused(post(s, "/v1/admin/plugins/outbox/disable"), 409, "\"outbox\"");
  audited.push_back(kByActor + "plugin.disable plugin outbox refused");
  expect_refused(post(s, "/v1/admin/plugins/acme/enable"), 404, "plugin \"acme\" is not loaded");
  audited.push_back(kByActor + "plugin.enable plugin acme refused");
  expect_refused(post(s, "/v1/admin/plugins/admin-http/disable"), 409, "enabled = false");
  audited.push_back(kByActor + "plugin.disable plugin admin-http refused");
  expect_refused(post(s, "/v1/admin/jobs/acme.sweep/run"), 404, "\"acme.sweep\"");
  audited.push_back(kByActor + "job.run job acme.sweep refused");
  EXPECT_EQ(audit_rows(s), audited);
  EXPECT_EQ(pipeline(s, "generation"), "1");
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.audit_log WHERE details->>'reason' LIKE '%essential%'"), 6)
      << "the audit row says why";
  EXPECT_EQ(s.gateway().get("/ready").status, 200);
}

TEST_F(AdminControl, ATokenWithoutSubjectMayReadAndNotWrite) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  const std::map<std::string, std::string> header{{"Authorization", "Bearer " + keys_.token("dlr:admin", "")}};
  EXPECT_EQ(http_send(s.gateway().admin_address(), {"GET", "/v1/admin/jobs", header, {}}).status, 200);
  expect_refused(http_send(s.gateway().admin_address(), {"POST", "/v1/admin/reload", header, {}}), 403, "subject");
  EXPECT_EQ(pipeline(s, "generation"), "1");
}

TEST_F(AdminControl, AStageSwitchedUnderTrafficLosesNothing) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(3000);
  Publisher publisher(s.nats(), final_receipts(s, messages), 1000);
  std::size_t switches = 0;
  while (!publisher.done() || switches < 5) {
    const HttpReply reply =
        post(s, std::string("/v1/admin/stages/dedup.fingerprint/") + (switches % 2 == 0 ? "disable" : "enable"));
    ASSERT_EQ(reply.status, 200) << reply.body;
    ++switches;
    const std::string stage = part_of(reply.body, "stages", "dedup.fingerprint");
    EXPECT_EQ(json_field(stage, "enabled"), switches % 2 == 0 ? "true" : "false");
    EXPECT_EQ(json_field(reply.body, "generation"), std::to_string(switches + 1));
  }
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  expect_no_batch_failed(s.gateway());
  EXPECT_EQ(audit_rows(s).size(), switches);
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_config_reloads_total", {{"result", "ok"}}), static_cast<double>(switches));
  EXPECT_EQ(metrics.sum("dlr_received_total"), static_cast<double>(messages.size()));
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST_F(AdminControl, SwitchesSurviveARestart) {
  const std::string with_ops =
      shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                       "/fixture_ops.so\"\ngrants = [\"sql\"]\n\n[pipeline]\n"}});
  Scenario s(with_keys(keys_, with_ops));
  ASSERT_TRUE(started(s));
  EXPECT_NE(part_of(get(s, "/v1/admin/jobs").body, "jobs", "fixture.turn"), "{}");
  EXPECT_EQ(post(s, "/v1/admin/stages/dedup.fingerprint/disable").status, 200);
  const HttpReply off = post(s, "/v1/admin/plugins/fixture.ops/disable");
  EXPECT_EQ(off.status, 200) << off.body;
  EXPECT_EQ(json_field(part_of(off.body, "plugins", "fixture.ops"), "enabled"), "false");
  EXPECT_EQ(s.gateway().terminate(), 0);

  ASSERT_TRUE(started(s));
  EXPECT_FALSE(stage_enabled(s, "dedup.fingerprint"));
  EXPECT_EQ(json_field(part_of(get(s, "/v1/admin/plugins").body, "plugins", "fixture.ops"), "enabled"), "false");
  EXPECT_EQ(part_of(get(s, "/v1/admin/jobs").body, "jobs", "fixture.turn"), "{}") << "it left with all it contributed";
  expect_refused(post(s, "/v1/admin/jobs/fixture.daily/run"), 404, "fixture.daily");
  EXPECT_EQ(post(s, "/v1/admin/stages/dedup.fingerprint/enable").status, 200);
  EXPECT_EQ(post(s, "/v1/admin/plugins/fixture.ops/enable").status, 200);
  EXPECT_TRUE(stage_enabled(s, "dedup.fingerprint"));
  EXPECT_NE(part_of(get(s, "/v1/admin/jobs").body, "jobs", "fixture.turn"), "{}");
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST_F(AdminControl, ABrokenReloadKeepsTheOldPipelineAndSaysWhy) {
  const std::string good = shipped_config({{"disabled = []", "disabled = [\"dedup.fingerprint\"]"}});
  Scenario s(with_keys(keys_, shipped_config({})));
  ASSERT_TRUE(started(s));
  struct Case {
    std::string config;
    std::vector<std::string> says;
  };
  const Case cases[] = {
      {shipped_config({{"batch_max = 256", "batch_max = \"many\""}, {"max_retries = 20", "max_retrys = 20"}}),
       {"gateway.toml:", "batch_max", "max_retrys"}},
      {shipped_config({{"disabled = []", "disabled = [\"outbox\"]"}}), {"\"outbox\"", "is essential"}},
      {shipped_config({{"dlrgw_dedup.so", "dlrgw_absent.so"}}), {"dlrgw_absent.so", "was not found"}},
      {"[gateway\n", {"gateway.toml:1:"}},
  };
  for (const Case& c : cases) {
    write_config(s, c.config);
    const HttpReply reply = post(s, "/v1/admin/reload");
    expect_refused(reply, 422, c.says.front());
    const std::string last = json_field(json_field(reply.body, "pipeline"), "lastReload");
    EXPECT_EQ(json_field(last, "ok"), "false");
    for (const std::string& words : c.says) EXPECT_THAT(json_field(last, "error"), HasSubstr(words));
    EXPECT_EQ(pipeline(s, "generation"), "1");
  }
  const auto before = s.add_messages(20);
  s.publish(s.receipts_for(before, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, before);

  write_config(s, good);
  const HttpReply reply = post(s, "/v1/admin/reload");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json_field(reply.body, "generation"), "2");
  EXPECT_EQ(json_field(json_field(reply.body, "lastReload"), "ok"), "true");
  EXPECT_FALSE(stage_enabled(s, "dedup.fingerprint"));
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_config_reloads_total", {{"result", "failed"}}), 4);
  EXPECT_EQ(metrics.sum("dlr_config_reloads_total", {{"result", "ok"}}), 1);
  const auto after = s.add_messages(20);
  s.publish(s.receipts_for(after, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 40);
  EXPECT_EQ(audit_rows(s).size(), 5U);
  EXPECT_THAT(audit_rows(s).back(), AllOf(HasSubstr("config.reload config"), HasSubstr(" ok")));
}

TEST_F(AdminControl, AReloadTakesOverWhatItCanAndNamesTheRest) {
  Scenario s(with_keys(keys_, shipped_config({})));
  ASSERT_TRUE(started(s));
  EXPECT_EQ(s.gateway().admin_get("/metrics").status, 200);
  write_config(s, shipped_config({{"metrics_open = true", "metrics_open = false"},
                                  {"size = 4", "size = 3"},
                                  {"log_level = \"${LOG_LEVEL:-info}\"", "log_level = \"debug\""},
                                  {"# [operators.\"example-mno\"]", "[operators.\"mno-test\"]"}}));
  s.gateway().signal(SIGHUP);
  // The result of a reload is shown a moment after its pipeline is in place.
  ASSERT_TRUE(eventually([&] { return json_field(pipeline(s, "lastReload"), "needsRestart") == R"(["storage"])"; }))
      << pipeline(s, "lastReload") << log_summary(s.gateway());
  EXPECT_EQ(pipeline(s, "generation"), "2");
  EXPECT_EQ(s.gateway().admin_get("/metrics").status, 401) << "closed from now on";
  EXPECT_EQ(get(s, "/metrics").status, 200);
  s.publish(s.receipts_for(s.add_messages(1), "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return !s.gateway().logs("dlr.processed").empty(); }));
  EXPECT_FALSE(s.gateway().logs("dlr.received").empty()) << "a debug line";
  EXPECT_EQ(Metrics::parse(get(s, "/metrics").body).sum("dlr_received_total", {{"operatorId", "mno-test"}}), 1);
}

TEST_F(AdminControl, WhatIsSwitchedOffDegradesNothing) {
  Scenario s(with_keys(keys_, shipped_config({})));
  ASSERT_TRUE(started(s));
  s.redis().stop();
  s.publish(s.receipts_for(s.add_messages(5), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  ASSERT_TRUE(eventually([&] { return json_field(s.gateway().get("/ready").body, "status") == "degraded"; }));
  ASSERT_EQ(post(s, "/v1/admin/stages/dedup.fingerprint/disable").status, 200);
  s.publish(s.receipts_for(s.add_messages(5), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_TRUE(eventually([&] { return json_field(s.gateway().get("/ready").body, "status") == "ok"; }))
      << s.gateway().get("/ready").body;

  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_info", {{"plugin", "admin-http"}}), 1);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_info"), 6);
  EXPECT_EQ(s.gateway().logs("dlr.plugin.loaded").size(), 6U) << "not again at each switch";
}

TEST_F(AdminControl, WhatCannotBeAuditedIsNotDone) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  s.postgres().stop(PostgresStop::kImmediate);
  expect_refused(post(s, "/v1/admin/stages/dedup.fingerprint/disable"), 503, "could not be audited");
  EXPECT_EQ(get(s, "/v1/admin/jobs").status, 200);
  EXPECT_TRUE(stage_enabled(s, "dedup.fingerprint"));
  s.postgres().start();
  s.postgres().exec("REVOKE INSERT ON dlr.audit_log FROM dlr_admin");
  expect_refused(post(s, "/v1/admin/stages/dedup.fingerprint/disable"), 503, "may not write dlr.audit_log");
  EXPECT_TRUE(stage_enabled(s, "dedup.fingerprint"));
  s.postgres().exec("GRANT INSERT ON dlr.audit_log TO dlr_admin");
  EXPECT_EQ(post(s, "/v1/admin/stages/dedup.fingerprint/disable").status, 200);
  EXPECT_THAT(audit_rows(s), ElementsAre(kByActor + "stage.disable stage dedup.fingerprint ok"));
}

}  // namespace
}  // namespace dlrgw::test
