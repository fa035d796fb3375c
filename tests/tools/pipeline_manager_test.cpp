// SPDX-License-Identifier: Apache-2.0
// Starts, switches and reloads with the shipped plugins and no server: a database that cannot be asked is asked later.
#include "control/pipeline_manager.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load_config.hpp"
#include "support/json.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::host {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PipelineManagerTest : public testing::Test {
 protected:
  Config config() const {
    LoadedConfig loaded = load_config(DLRGW_CONFIG, [](std::string_view name) -> std::optional<std::string> {
      if (name == "DLRGW_PLUGIN_DIR") return DLRGW_PLUGINS_DIR;
      if (name == "DLRGW_PG") return "host=127.0.0.1 port=1 dbname=none";
      return std::nullopt;
    });
    if (!loaded.draft && !loaded.config) throw std::runtime_error("the shipped configuration cannot be read");
    Config out = loaded.config ? *loaded.config : *loaded.draft;
    out.gateway.state_dir = dir_.path();
    return out;
  }
  std::unique_ptr<PipelineManager> manager() {
    return std::make_unique<PipelineManager>(
        config_,
        [this](std::vector<std::string>& errors) {
          errors = next_errors_;
          return next_;
        },
        [](const Config&, const Pipeline&) -> Result<std::shared_ptr<const Router>> {
          return std::make_shared<const Router>();
        },
        shared_, snapshots_, routes_, 2);
  }
  static std::string last_reload(PipelineManager& manager, std::string_view field) {
    const std::string document = manager.read(ControlPlane::Document::kPipeline);
    return test::json_field(test::json_field(document, "lastReload"), field);
  }
  static std::string generation(PipelineManager& manager) {
    return test::json_field(manager.read(ControlPlane::Document::kPipeline), "generation");
  }

  test::TempDir dir_;
  Logger log_{"test", Level::kError, [](std::string_view) {}};
  const Config config_ = config();
  std::optional<Config> next_ = config_;
  std::vector<std::string> next_errors_;
  SharedParts shared_{config_, log_};
  SnapshotHolder snapshots_;
  RouteTable routes_;
};

TEST_F(PipelineManagerTest, BuildsTheShippedChainAndSaysWhatRuns) {
  const auto manager = this->manager();
  std::vector<std::string> errors;
  ASSERT_TRUE(manager->build(errors)) << testing::PrintToString(errors);
  ASSERT_NE(snapshots_.get(), nullptr);
  EXPECT_EQ(snapshots_.get()->generation, 1U);
  EXPECT_EQ(snapshots_.get()->lanes.size(), 2U);
  EXPECT_THAT(manager->told(), StartsWith("generation 1 runs\n"));
  EXPECT_THAT(manager->told(), HasSubstr("\n  normalise "));
  EXPECT_EQ(test::json_field(manager->read(ControlPlane::Document::kPipeline), "lastReload"), "null");
}

TEST_F(PipelineManagerTest, ASwitchMakesANewGenerationAndOutlivesTheProcess) {
  std::vector<std::string> errors;
  {
    const auto manager = this->manager();
    ASSERT_TRUE(manager->build(errors));
    const std::size_t stages = snapshots_.get()->stages.size();
    ASSERT_TRUE(manager->set_stage("dedup.fingerprint", false));
    EXPECT_EQ(generation(*manager), "2");
    EXPECT_EQ(snapshots_.get()->stages.size(), stages - 1);
    snapshots_.swap(nullptr);
  }
  const auto again = this->manager();
  ASSERT_TRUE(again->build(errors));
  for (const StageSlot& stage : snapshots_.get()->stages) EXPECT_NE(stage.name, "dedup.fingerprint");
  ASSERT_TRUE(again->set_stage("dedup.fingerprint", true));
  EXPECT_EQ(snapshots_.get()->stages.at(1).name, "dedup.fingerprint");
}

TEST_F(PipelineManagerTest, WhatIsRefusedChangesNothing) {
  const auto manager = this->manager();
  std::vector<std::string> errors;
  ASSERT_TRUE(manager->build(errors));
  const auto before = snapshots_.get();
  const Status essential = manager->set_stage("outbox", false);
  ASSERT_FALSE(essential);
  EXPECT_THAT(essential.error().text, HasSubstr("is essential and cannot be disabled"));
  EXPECT_EQ(last_reload(*manager, "ok"), "false");
  EXPECT_EQ(last_reload(*manager, "error"), essential.error().text);
  EXPECT_EQ(manager->set_stage("acme.check", false).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(manager->set_plugin("acme", false).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(manager->run_job("acme.sweep").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(manager->reset_quirk("german").error().code, ErrorCode::kNotFound);

  next_.reset();
  next_errors_ = {"gateway.toml:3:1: first", "gateway.toml:9:1: second"};
  const Status reload = manager->reload();
  ASSERT_FALSE(reload);
  EXPECT_EQ(reload.error().text, "gateway.toml:3:1: first\ngateway.toml:9:1: second") << "all findings at once";
  EXPECT_EQ(generation(*manager), "1");
  EXPECT_EQ(snapshots_.get(), before);
}

TEST_F(PipelineManagerTest, AReloadNamesWhatThisProcessCannotTakeOver) {
  const auto manager = this->manager();
  std::vector<std::string> errors;
  ASSERT_TRUE(manager->build(errors));
  next_->http.public_address.port = 12345;
  next_->nats.user = "somebody";
  ASSERT_TRUE(manager->reload());
  EXPECT_EQ(generation(*manager), "2");
  EXPECT_EQ(last_reload(*manager, "needsRestart"), R"(["nats","http"])");
  EXPECT_THAT(manager->told(), HasSubstr("\nrestart the gateway to take over what changed in [nats] [http]"));
}

}  // namespace
}  // namespace dlrgw::host
