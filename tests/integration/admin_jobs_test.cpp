// SPDX-License-Identifier: Apache-2.0
// Jobs at the running gateway: listed, run on request, and what becomes of those that throw, last too long or ignore
// that they shall stop.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string with_ops(const std::string& options) {
  return shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                          "/fixture_ops.so\"\ngrants = [\"sql\"]\n[plugins.options]\n" +
                                              options + "\n[pipeline]\n"}});
}

class AdminJobs : public testing::Test {
 protected:
  HttpReply run(Scenario& s, const std::string& job) {
    return admin(s.gateway(), keys_, "POST", "/v1/admin/jobs/" + job + "/run");
  }
  std::string job(Scenario& s, const std::string& name, const std::string& field) {
    return json_field(part_of(admin(s.gateway(), keys_, "GET", "/v1/admin/jobs").body, "jobs", name), field);
  }
  AdminKeys keys_;
  TempDir dir_;
};

TEST(Us019Schedule, AsShippedTheSweepRunsEveryFiveMinutes) {
  const AdminKeys keys;
  Scenario s(with_keys(keys));
  ASSERT_TRUE(started(s));
  const std::string sweep = part_of(admin(s.gateway(), keys, "GET", "/v1/admin/jobs").body, "jobs", "segments.sweep");
  EXPECT_EQ(json_field(sweep, "schedule"), "every 300s");
  EXPECT_NE(json_field(sweep, "nextAt"), "null") << "and its turn is set";
}

TEST_F(AdminJobs, RunNowOnceEachTime) {
  Scenario s(with_keys(keys_, with_ops("")));
  ASSERT_TRUE(started(s));
  EXPECT_EQ(job(s, "fixture.daily", "schedule"), "daily 00:00");
  EXPECT_EQ(job(s, "fixture.daily", "runs"), "0");
  EXPECT_EQ(job(s, "fixture.daily", "lastStartedAt"), "null");
  const std::string next = job(s, "fixture.daily", "nextAt");
  EXPECT_THAT(next, HasSubstr("T00:00:00.")) << "its turn";
  for (int i = 1; i <= 3; ++i) {
    const HttpReply reply = run(s, "fixture.daily");
    EXPECT_EQ(reply.status, 202) << reply.body;
    EXPECT_EQ(json_field(reply.body, "job"), "fixture.daily");
    ASSERT_TRUE(eventually([&] { return job(s, "fixture.daily", "runs") == std::to_string(i); }));
  }
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.fixture_turns WHERE job = 'fixture.daily'"), 3);
  EXPECT_NE(job(s, "fixture.daily", "lastEndedAt"), "null");
  EXPECT_EQ(job(s, "fixture.daily", "nextAt").substr(0, 19), next.substr(0, 19)) << "its own turn stays";
  EXPECT_EQ(s.gateway().metrics().sum("dlr_job_runs_total", {{"job", "fixture.daily"}, {"result", "ok"}}), 3);

  const HttpReply running = run(s, "outbox.relay");
  EXPECT_EQ(running.status, 409);
  EXPECT_THAT(json_field(running.body, "detail"), HasSubstr("is running already"));
  EXPECT_EQ(run(s, "acme.sweep").status, 404);
  EXPECT_EQ(run(s, "segments.sweep").status, 202) << "a singleton that this host leads";
  EXPECT_EQ(audit_rows(s).size(), 6U);
  EXPECT_EQ(audit_rows(s).front(), std::string(kActor) + " job.run job fixture.daily ok");
}

TEST_F(AdminJobs, OnesThatThrowAndLastTooLongAreReportedAndTheHostLives) {
  Scenario s(with_keys(keys_, with_ops("throws = true\noverruns = true")));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(50);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_job_runs_total", {{"job", "fixture.throws"}, {"result", "failed"}}, 2));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_job_overruns_total", {{"job", "fixture.overruns"}}, 1));
  EXPECT_GE(s.gateway().metrics().sum("dlr_plugin_errors_total", {{"plugin", "fixture.ops"}, {"kind", "job"}}), 2);
  EXPECT_GE(s.gateway().metrics().sum("dlr_job_duration_seconds_count", {{"job", "fixture.overruns"}}), 1);
  EXPECT_THAT(job(s, "fixture.throws", "lastError"), HasSubstr("fixture.throws"));
  EXPECT_EQ(job(s, "fixture.overruns", "lastError"), "null");
  EXPECT_FALSE(lines_with(s.gateway(), "dlr.plugin.failed", "job", "fixture.throws").empty());
  EXPECT_FALSE(lines_with(s.gateway(), "dlr.job.overrun", "job", "fixture.overruns").empty());
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(s.gateway().get("/ready").status, 200);
  EXPECT_EQ(s.gateway().terminate(), 0) << "a job that waits through its context hears the stop at once";
}

TEST_F(AdminJobs, OneThatIgnoresItsStopHoldsUpNoReload) {
  const std::string release = dir_.path() + "/release";
  Scenario s(with_keys(keys_, with_ops("release_file = \"" + release + "\"")));
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return job(s, "fixture.stuck", "running") == "true"; }));
  const auto messages = s.add_messages(500);
  Publisher publisher(s.nats(), s.receipts_for(messages, "DELIVRD"), 500);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(admin(s.gateway(), keys_, "POST", "/v1/admin/reload").status, 200);
  EXPECT_EQ(job(s, "fixture.stuck", "running"), "false") << "the new one";
  EXPECT_EQ(job(s, "fixture.stuck", "waitsForEarlierRun"), "true");
  EXPECT_EQ(run(s, "fixture.stuck").status, 409);
  ASSERT_TRUE(publisher.wait());
  ASSERT_TRUE(settles(s)) << "the new relay runs";
  expect_each_once(s, messages);
  static_cast<void>(dir_.write_file("release", ""));
  ASSERT_TRUE(eventually([&] { return job(s, "fixture.stuck", "waitsForEarlierRun") == "false"; }));
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST_F(AdminJobs, OneThatIgnoresItsStopDoesNotKeepTheGatewayFromEnding) {
  Scenario s(with_keys(keys_, with_ops("release_file = \"" + dir_.path() + "/never\"")));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(100);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.gateway().terminate(), 3) << "its thread was left behind";
  EXPECT_EQ(lines_with(s.gateway(), "dlr.plugin.failed", "job", "fixture.stuck").size(), 1U);
  EXPECT_EQ(s.gateway().logs("dlr.consumer.stopped").size(), 1U);
  expect_each_once(s, messages);
}

}  // namespace
}  // namespace dlrgw::test
