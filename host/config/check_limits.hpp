// SPDX-License-Identifier: Apache-2.0
// Limits of the host and options of plugins that contradict each other. Pure.
#pragma once
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/option_values.hpp"

namespace dlrgw::host {

// Finds stages that may ask for more retries than [intake] max_retries: their receipts would be rejected before they
// are decided. Each finding points at the one of the two keys that the file sets, and names the place of the other.
std::vector<ConfigError> check_retries(const Config& config, const OptionValues& values);

}  // namespace dlrgw::host
