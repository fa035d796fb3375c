// SPDX-License-Identifier: Apache-2.0
#include "telemetry/process_metrics.hpp"

#include <array>
#include <ctime>
#include <map>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Gt;
using testing::Le;

std::map<std::string, double> values() {
  std::map<std::string, double> out;
  for (const prometheus::MetricFamily& family : process_metrics()) {
    const auto& metric = family.metric.at(0);
    out[family.name] = family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
  }
  return out;
}

TEST(ProcessMetrics, SayWhatTheKernelSays) {
  const auto now = values();
  EXPECT_THAT(now.at("process_cpu_seconds_total"), Ge(0));
  EXPECT_THAT(now.at("process_resident_memory_bytes"), AllOf(Gt(1e6), Le(now.at("process_virtual_memory_bytes"))));
  EXPECT_EQ(now.at("process_threads"), 1);
  EXPECT_THAT(now.at("process_start_time_seconds"),
              AllOf(Gt(1.6e9), Le(static_cast<double>(std::time(nullptr)) + 1)));  // the kernel rounds the boot time
  EXPECT_THAT(now.at("process_open_fds"), AllOf(Ge(3), Le(now.at("process_max_fds"))));
}

TEST(ProcessMetrics, CountDescriptorsWithoutTheirOwn) {
  const double before = values().at("process_open_fds");
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  EXPECT_EQ(values().at("process_open_fds"), before + 2);
  for (const int end : ends) close(end);
  EXPECT_EQ(values().at("process_open_fds"), before);
}

}  // namespace
}  // namespace dlrgw::host
