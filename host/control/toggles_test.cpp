// SPDX-License-Identifier: Apache-2.0
#include "control/toggles.hpp"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

class TogglesTest : public testing::Test {
 protected:
  TogglesTest() {
    std::string name = (std::filesystem::temp_directory_path() / "toggles-XXXXXX").string();
    dir_ = mkdtemp(name.data());
  }
  ~TogglesTest() override { std::filesystem::remove_all(dir_); }
  std::filesystem::path dir_;
};

TEST_F(TogglesTest, AMissingFileIsAnEmptySet) {
  const auto read = read_toggles(dir_);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->stages.empty());
}

TEST_F(TogglesTest, WhatIsWrittenIsReadBack) {
  ASSERT_TRUE(write_toggles(dir_, {{{"dedup.fingerprint", false}}, {{"com.a", true}}}));
  const auto read = read_toggles(dir_);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->stages.at("dedup.fingerprint"), false);
  EXPECT_EQ(read->plugins.at("com.a"), true);
  EXPECT_FALSE(read->plugin_disabled("com.a"));
}

TEST_F(TogglesTest, ADamagedFileIsRefusedByName) {
  std::ofstream(dir_ / "toggles.json") << "{\"stages\":{\"a\":1}}";
  const auto read = read_toggles(dir_);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().text.find("toggles.json: is damaged"), std::string::npos);
}

TEST_F(TogglesTest, SwitchesWinOverTheConfiguration) {
  PipelineConfig pipeline{{"a", "b", "c"}, {"b"}};
  Toggles{{{"a", false}, {"b", true}, {"gone", false}}, {}}.apply_to(pipeline);
  EXPECT_EQ(pipeline.disabled, std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace dlrgw::host
