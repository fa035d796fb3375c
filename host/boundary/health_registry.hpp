// SPDX-License-Identifier: Apache-2.0
// What is known of each dependency, reported by the host and by plugins, shown by /ready. Thread-safe.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::host {

enum class HealthState { kOk = 1, kDegraded = 2, kDown = 3 };
std::string_view to_string(HealthState state);

struct HealthEntry {
  HealthState state = HealthState::kOk;
  std::string detail;
};

// Who reports: the host, one instance of a plugin (two of them live while pipelines are swapped), or a breaker.
using Reporter = const void*;
inline constexpr Reporter kHostReports = nullptr;

class HealthRegistry {
 public:
  void report(std::string_view dependency, HealthState state, std::string_view detail,
              Reporter reporter = kHostReports);
  // Drops all that this reporter said, because a plugin's instance ends: what nobody uses degrades nothing.
  void forget(Reporter reporter);
  // One entry per dependency: the worst that is reported of it.
  [[nodiscard]] std::map<std::string, HealthEntry> entries() const;

 private:
  mutable Mutex mutex_;
  std::map<std::pair<std::string, Reporter>, HealthEntry> entries_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::host
