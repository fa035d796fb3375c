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

// The configuration with the [operators."<id>"] tables of another file in the place of its own for these operators.
// Nothing else may stand in that file. nullopt: errors has at least one finding. Findings that are made later name that
// file: what stands in the configuration's own has been checked before.
std::optional<Config> with_operators(const Config& config, const std::string& path, std::vector<ConfigError>& errors,
                                     const EnvLookup& env = process_environment());

// Checks that need more than one value; appends findings. Fills what is derived (addresses, passwords from files).
void check_config(Config& config, std::vector<ConfigError>& errors);

}  // namespace dlrgw::host
