// The state of the gateway and its switches over HTTP: what they show, what they refuse, and that neither a switch nor
// a broken reload costs a receipt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AdminControl : public testing::Test {
 protected:
  HttpReply call(Scenario& s, const std::string& method, const std::string& target, const std::string& body = {}) {
    return admin(s.gateway(), keys_, method, target, body);
  }
  std::string stage(Scenario& s, const std::string& name) {
    return part_of(call(s, "GET", "/v1/admin/pipeline").body, "stages", name);
  }
  AdminKeys keys_;
};

TEST_F(AdminControl, DocumentsShowThePipelineItsPluginsAndJobs) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(s.add_messages(5), "DELIVRD"));
  ASSERT_TRUE(settles(s));

  const HttpReply pipeline = call(s, "GET", "/v1/admin/pipeline");
  EXPECT_EQ(pipeline.status, 200);
  EXPECT_EQ(pipeline.headers.at("content-type"), "application/json");
  EXPECT_EQ(json_field(pipeline.body, "generation"), "1");
  EXPECT_EQ(json_field(pipeline.body, "lastReload"), "null");
  const std::string correlate = part_of(pipeline.body, "stages", "correlate");
  EXPECT_EQ(json_field(correlate, "plugin"), "correlate");
  EXPECT_EQ(json_field(correlate, "essential"), "true");
  EXPECT_EQ(json_field(correlate, "enabled"), "true");
  EXPECT_EQ(json_field(json_field(correlate, "verdicts"), "continue"), "5");

  const HttpReply plugins = call(s, "GET", "/v1/admin/plugins");
  EXPECT_EQ(plugins.status, 200);
  const std::string outbox = part_of(plugins.body, "plugins", "outbox");
  EXPECT_EQ(json_field(outbox, "enabled"), "true");
  EXPECT_EQ(json_field(outbox, "sha256").size(), 64U);
  EXPECT_THAT(json_field(outbox, "file"), HasSubstr("dlrgw_outbox.so"));

  const HttpReply jobs = call(s, "GET", "/v1/admin/jobs");
  EXPECT_EQ(jobs.status, 200);
  const std::string relay = part_of(jobs.body, "jobs", "outbox.relay");
  EXPECT_EQ(json_field(relay, "singleton"), "true");
  EXPECT_EQ(json_field(relay, "running"), "true");
  EXPECT_EQ(json_field(relay, "lastError"), "null");
  EXPECT_TRUE(audit_rows(s).empty()) << "reads are not audited";
}

}  // namespace
}  // namespace dlrgw::test
