// SPDX-License-Identifier: Apache-2.0
// Reads and checks the configuration. Finds everything that is wrong at once; starts nothing.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/interpolate.hpp"

namespace dlrgw::host {

struct LoadedConfig {
  std::optional<Config> config;     // present exactly when there are no errors
  std::vector<ConfigError> errors;  // in the order of the file
  // With errors, unless nothing could be read: defaults stand where a value is wrong. Only for looking for more errors.
  std::optional<Config> draft = std::nullopt;
  explicit operator bool() const { return config.has_value(); }
};

LoadedConfig load_config(const std::string& path, const EnvLookup& env = process_environment());
LoadedConfig parse_config(std::string_view text, const std::string& file, const EnvLookup& env);

// Checks that need more than one value; appends findings. Fills what is derived (addresses, passwords from files).
void check_config(Config& config, std::vector<ConfigError>& errors);

}  // namespace dlrgw::host
