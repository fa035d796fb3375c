// What is known of each dependency, reported by the host and by plugins, shown by /ready. Thread-safe.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace dlrgw::host {

enum class HealthState { kOk = 1, kDegraded = 2, kDown = 3 };
std::string_view to_string(HealthState state);

enum class Reporter { kHost, kPlugin };

struct HealthEntry {
  HealthState state = HealthState::kOk;
  std::string detail;
  Reporter reporter = Reporter::kHost;
};

class HealthRegistry {
 public:
  // true when the state differs from the one before.
  bool report(std::string_view dependency, HealthState state, std::string_view detail,
              Reporter reporter = Reporter::kHost);
  // After a swap: the plugins of the new pipeline report anew, and what nobody uses any more degrades nothing.
  void forget_plugins();
  [[nodiscard]] std::map<std::string, HealthEntry> entries() const;

 private:
  mutable std::mutex mutex_;  // guards entries_
  std::map<std::string, HealthEntry, std::less<>> entries_;
};

}  // namespace dlrgw::host
