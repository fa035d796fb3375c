// SPDX-License-Identifier: Apache-2.0
// What operations switched at run time: stages and plugins, on or off, against the configuration. Kept in the state
// directory, so that a restart keeps it; concerns this host only.
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "config/config.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct Toggles {
  std::map<std::string, bool> stages;   // name → enabled
  std::map<std::string, bool> plugins;  // id → enabled

  [[nodiscard]] bool plugin_disabled(const std::string& id) const {
    const auto it = plugins.find(id);
    return it != plugins.end() && !it->second;
  }
  // The configuration with the stage switches applied.
  void apply_to(PipelineConfig& pipeline) const;
};

// A missing file is an empty set; a damaged one is refused with its path.
Result<Toggles> read_toggles(const std::filesystem::path& state_dir);
// Written whole and renamed into place.
Status write_toggles(const std::filesystem::path& state_dir, const Toggles& toggles);

}  // namespace dlrgw::host
