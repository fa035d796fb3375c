// SPDX-License-Identifier: Apache-2.0
#include "security/rotation_support.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

namespace dlrgw::test {
namespace {

constexpr std::int64_t kPiece = 5;

}  // namespace

void replace_file(const std::string& path, const std::string& text) {
  std::ofstream(path + ".new", std::ios::binary) << text;
  std::filesystem::rename(path + ".new", path);
}

Traffic::Traffic(Scenario& scenario)
    : thread_([this, &scenario](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
          scenario.publish(scenario.receipts_for(scenario.add_messages(kPiece), "DELIVRD"));
          sent_ += kPiece;
        }
      }) {}

bool Traffic::goes_on(std::int64_t more) {
  const std::int64_t from = sent_;
  return eventually([&] { return sent_ >= from + more; });
}

std::int64_t Traffic::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  return sent_;
}

void RotationTest::start(std::map<std::string, std::string> env) {
  GatewayOptions options;
  keys_.enter(options);
  for (auto& [name, value] : env) options.env[name] = std::move(value);
  gateway_.emplace(scenario_.servers(), std::move(options));
  gateway_->start();
}

bool RotationTest::has_said(std::string_view event, const std::string& text) const {
  return std::ranges::any_of(gateway_->logs(event),
                             [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

bool RotationTest::says(std::string_view event, const std::string& text) const {
  return eventually([&] { return has_said(event, text); });
}

void RotationTest::expect_all(std::int64_t sent) {
  ASSERT_TRUE(scenario_.wait_settled());
  EXPECT_EQ(scenario_.count_rows("dlr.delivery_receipts"), sent);
  EXPECT_EQ(scenario_.postgres().count("SELECT count(DISTINCT message_id) FROM dlr.delivery_receipts"), sent);
  EXPECT_EQ(static_cast<std::int64_t>(scenario_.events_by_message("billing.events").size()), sent);
  EXPECT_EQ(gateway_->terminate(), 0) << "the process that was started at first";
}

}  // namespace dlrgw::test
