#include "services/health_registry.hpp"

namespace dlrgw::host {

std::string_view to_string(HealthState state) {
  switch (state) {
    case HealthState::kOk:
      return "ok";
    case HealthState::kDegraded:
      return "degraded";
    case HealthState::kDown:
      return "down";
  }
  return "down";
}

bool HealthRegistry::report(std::string_view dependency, HealthState state, std::string_view detail,
                            Reporter reporter) {
  const std::lock_guard lock(mutex_);
  const auto [entry, added] = entries_.try_emplace(std::string(dependency));
  const bool changed = added || entry->second.state != state;
  entry->second = {state, std::string(detail), reporter};
  return changed;
}

void HealthRegistry::forget_plugins() {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [](const auto& entry) { return entry.second.reporter == Reporter::kPlugin; });
}

std::map<std::string, HealthEntry> HealthRegistry::entries() const {
  const std::lock_guard lock(mutex_);
  return {entries_.begin(), entries_.end()};
}

}  // namespace dlrgw::host
