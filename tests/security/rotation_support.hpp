// SPDX-License-Identifier: Apache-2.0
// What the tests of rotation share: receipts that keep coming, a gateway whose secrets are in files, and that in the
// end nothing was lost and the process is the one that was started at first.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "integration/admin_support.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {

// As tools that rotate do it: the new file takes the place of the old in one step.
void replace_file(const std::string& path, const std::string& text);

// Publishes receipts of new messages, on a thread of its own, until it is told to stop. The scenario outlives it.
class Traffic {
 public:
  explicit Traffic(Scenario& scenario);
  // So many more were published.
  [[nodiscard]] bool goes_on(std::int64_t more = 50);
  std::int64_t stop();  // how many were published

 private:
  std::atomic<std::int64_t> sent_{0};
  std::jthread thread_;
};

class RotationTest : public testing::Test {
 protected:
  explicit RotationTest(ScenarioOptions options = {}) : scenario_(std::move(options)) {}
  // A gateway with its secrets in files, instead of the scenario's own.
  void start(std::map<std::string, std::string> env);
  [[nodiscard]] bool has_said(std::string_view event, const std::string& text) const;
  [[nodiscard]] bool says(std::string_view event, const std::string& text) const;  // in the end
  // Everything was stored once, and each has its event.
  void expect_all(std::int64_t sent);
  [[nodiscard]] CliResult reload() const { return gateway_->run_cli({"reload", "--state-dir", gateway_->state_dir()}); }

  const AdminKeys keys_;
  TempDir dir_;
  Scenario scenario_;
  std::optional<GatewayProcess> gateway_;
};

}  // namespace dlrgw::test
