// SPDX-License-Identifier: Apache-2.0
// For tests: the services of one plugin, called as the plugin calls them, on a clock that stands. No server is there.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "boundary/plugin_context.hpp"

namespace dlrgw::host {

inline dlrgw_str text(std::string_view s) { return {s.data(), s.size()}; }
inline std::string string(dlrgw_str s) { return {s.ptr, s.len}; }

class ServicesFixture : public testing::Test {
 protected:
  explicit ServicesFixture(std::vector<std::string> grants) {
    context_.grants = std::move(grants);
    context_.identity.id = "com.acme";
  }
  template <class Service>
  const Service& service(std::string_view id) {
    return *static_cast<const Service*>(table_.get(id));
  }
  [[nodiscard]] std::string told() const { return {error_.text, error_.text_len}; }

  ManualClock clock_{1'767'225'600'000'000};  // 2026-01-01T00:00:00Z
  std::string lines_;                         // what was logged
  Logger logger_{"test", Level::kInfo, [this](std::string_view line) { lines_ += line; }};
  Metrics metrics_{{"mno-a"}};
  HealthRegistry health_;
  HostServices host_{clock_, logger_, metrics_, health_, "test", {}, {}, {}, {}, nullptr};
  PluginContext context_{host_};
  ServiceTable table_{context_};
  dlrgw_error error_ = [] {
    dlrgw_error out{};
    out.struct_size = sizeof out;
    return out;
  }();
};

}  // namespace dlrgw::host
