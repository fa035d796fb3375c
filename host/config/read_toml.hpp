// SPDX-License-Identifier: Apache-2.0
// TOML text → RawTable. The only file of the host that knows the TOML library.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/interpolate.hpp"
#include "config/raw_table.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct ReadToml {
  RawTable table;  // what could be read; a syntax error leaves it empty
  std::vector<ConfigError> errors;
};

// file is only for messages. All missing environment variables are reported; a syntax error is the only finding.
ReadToml read_toml(std::string_view text, const std::string& file, const EnvLookup& env);

// One value as it would stand right of the "=": `["a", "b"]`, `{ x = 1 }`, `3`. No ${…}.
Result<RawValue> read_toml_value(std::string_view text);

}  // namespace dlrgw::host
