// SPDX-License-Identifier: Apache-2.0
#include "boundary/health_registry.hpp"

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

void HealthRegistry::report(std::string_view dependency, HealthState state, std::string_view detail,
                            Reporter reporter) {
  const MutexLock lock(mutex_);
  entries_.insert_or_assign({std::string(dependency), reporter}, HealthEntry{state, std::string(detail)});
}

void HealthRegistry::forget(Reporter reporter) {
  const MutexLock lock(mutex_);
  std::erase_if(entries_, [&](const auto& entry) { return entry.first.second == reporter; });
}

std::map<std::string, HealthEntry> HealthRegistry::entries() const {
  const MutexLock lock(mutex_);
  std::map<std::string, HealthEntry> worst;
  for (const auto& [key, entry] : entries_) {
    const auto [known, added] = worst.emplace(key.first, entry);
    if (!added && known->second.state < entry.state) known->second = entry;
  }
  return worst;
}

}  // namespace dlrgw::host
