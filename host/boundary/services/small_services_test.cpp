// SPDX-License-Identifier: Apache-2.0
// The services that need no receipt, called as a plugin calls them.
#include <string>

#include <dlrgw/abi/digest.h>
#include <dlrgw/abi/health.h>
#include <dlrgw/abi/jobs.h>
#include <dlrgw/abi/probes.h>
#include <dlrgw/abi/publish.h>
#include <dlrgw/abi/tools.h>

#include "boundary/testing/services_fixture.hpp"

namespace dlrgw::host {
namespace {

class SmallServices : public ServicesFixture {
 protected:
  SmallServices() : ServicesFixture({"publish"}) {
    host_.wake_job = [this](std::string_view job) { woken_ = job; };
    host_.publish = [this](std::span<dlrgw_publish_item*> items, std::uint32_t) { published_ = items.size(); };
  }

  std::string woken_;
  std::size_t published_ = 0;
};

TEST_F(SmallServices, DigestKnowsSha256AndNameBasedIds) {
  const auto& digest = service<dlrgw_digest>(DLRGW_SERVICE_DIGEST);
  std::uint8_t bytes[32] = {};
  digest.sha256(digest.self, text("abc"), bytes);
  EXPECT_EQ(bytes[0], 0xBA);
  EXPECT_EQ(bytes[31], 0xAD);
  std::string id(36, ' ');
  // RFC 4122, appendix: the namespace of DNS names.
  EXPECT_EQ(
      digest.uuid_v5(digest.self, text("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), text("www.example.com"), id.data()),
      DLRGW_OK);
  EXPECT_EQ(id, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  EXPECT_EQ(digest.uuid_v5(digest.self, text("no uuid"), text("x"), id.data()), DLRGW_E_INVALID);
}

TEST_F(SmallServices, AStateThatIsNoneIsTheWorst) {
  const auto& health = service<dlrgw_health>(DLRGW_SERVICE_HEALTH);
  health.report(health.self, text("directory"), DLRGW_HEALTH_DEGRADED, text("slow"));
  EXPECT_EQ(health_.entries().at("directory").state, HealthState::kDegraded);
  health.report(health.self, text("directory"), 99, text("?"));
  EXPECT_EQ(health_.entries().at("directory").state, HealthState::kDown);
}

TEST_F(SmallServices, JobsWakesTheJobThatIsNamed) {
  const auto& jobs = service<dlrgw_jobs>(DLRGW_SERVICE_JOBS);
  jobs.wake(jobs.self, text("outbox.relay"));
  EXPECT_EQ(woken_, "outbox.relay");
}

TEST_F(SmallServices, PublishStepsByTheCallersStrideAndRefusesOneThatIsTooSmall) {
  const auto& publish = service<dlrgw_publish>(DLRGW_SERVICE_PUBLISH);
  dlrgw_publish_item items[2] = {};
  EXPECT_EQ(publish.publish(publish.self, items, 2, sizeof items[0], 10, &error_), DLRGW_OK);
  EXPECT_EQ(published_, 2U);
  EXPECT_EQ(publish.publish(publish.self, items, 2, 8, 10, &error_), DLRGW_E_INVALID);
  EXPECT_EQ(publish.publish(publish.self, nullptr, 1, sizeof items[0], 10, &error_), DLRGW_E_INVALID);
}

TEST_F(SmallServices, ProbesAreAddedWithAShortNameDuringCreateOnly) {
  const auto& probes = service<dlrgw_probes>(DLRGW_SERVICE_PROBES);
  dlrgw_probe probe{};
  probe.struct_size = sizeof probe;
  probe.dependency = text("directory");
  probe.ask = [](void*, dlrgw_error*) -> std::int32_t { return DLRGW_OK; };
  EXPECT_EQ(probes.add(probes.self, &probe, this, &error_), DLRGW_OK);
  ASSERT_EQ(context_.probes.size(), 1U);
  EXPECT_EQ(context_.probes[0].dependency, "directory");
  EXPECT_EQ(context_.probes[0].user, this);

  probe.dependency = text("The Directory");
  EXPECT_EQ(probes.add(probes.self, &probe, this, &error_), DLRGW_E_INVALID);
  probe.dependency = text("directory");
  probe.struct_size = sizeof probe - 8;
  EXPECT_EQ(probes.add(probes.self, &probe, this, &error_), DLRGW_E_INVALID) << "it ends before its question";
  probe.struct_size = sizeof probe;
  probe.ask = nullptr;
  EXPECT_EQ(probes.add(probes.self, &probe, this, &error_), DLRGW_E_INVALID);
  probe.ask = [](void*, dlrgw_error*) -> std::int32_t { return DLRGW_OK; };
  context_.creating = false;
  EXPECT_EQ(probes.add(probes.self, &probe, this, &error_), DLRGW_E_DENIED);
  EXPECT_EQ(context_.probes.size(), 1U);
}

TEST_F(SmallServices, ToolsAreAddedWithAShortNameDuringCreateOnly) {
  const auto& tools = service<dlrgw_tools>(DLRGW_SERVICE_TOOLS);
  dlrgw_tool tool{};
  tool.struct_size = sizeof tool;
  tool.name = text("survey.new");
  tool.run = [](void*, const dlrgw_tool_call*, dlrgw_error*) -> std::int32_t { return DLRGW_OK; };
  EXPECT_EQ(tools.add(tools.self, &tool, this, &error_), DLRGW_OK);
  ASSERT_EQ(context_.tools.size(), 1U);
  EXPECT_EQ(context_.tools[0].name, "survey.new");

  tool.name = text("no name");
  EXPECT_EQ(tools.add(tools.self, &tool, this, &error_), DLRGW_E_INVALID);
  tool.name = text("survey.new");
  tool.struct_size = sizeof tool - 8;
  EXPECT_EQ(tools.add(tools.self, &tool, this, &error_), DLRGW_E_INVALID) << "it ends before its function";
  tool.struct_size = sizeof tool;
  context_.creating = false;
  EXPECT_EQ(tools.add(tools.self, &tool, this, &error_), DLRGW_E_DENIED);
  EXPECT_EQ(context_.tools.size(), 1U);
}

}  // namespace
}  // namespace dlrgw::host
