// SPDX-License-Identifier: Apache-2.0
// The one place that knows the state of Redis: breaker, health report, log line and error counter. Owned by the plugin,
// shared by the lanes; any thread.
#pragma once
#include <string_view>

#include <dlrgw/cpp/host.hpp>
#include <dlrgw/cpp/log.hpp>
#include <dlrgw/cpp/metrics.hpp>

#include "breaker.hpp"

namespace dlrgw::dedup {

class RedisMonitor {
 public:
  explicit RedisMonitor(Host host);
  [[nodiscard]] Breaker::Gate enter() { return breaker_.enter(clock_.monotonic_us()); }
  void succeeded(Breaker::Gate gate);
  void failed(std::string_view why);
  // What stands in the file of this option cannot be used; what was read before serves on.
  void refused(std::string_view option, std::string_view why) const;
  [[nodiscard]] std::uint64_t generation() const { return breaker_.generation(); }

 private:
  Clock clock_;
  Health health_;
  Log log_;
  Metric errors_;
  Breaker breaker_;
};

}  // namespace dlrgw::dedup
