// SPDX-License-Identifier: Apache-2.0
// Limits of the host and options of plugins that contradict each other. Pure.
#pragma once
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/option_values.hpp"

namespace dlrgw::host {

// A stage that may ask for more retries than [intake] max_retries would see its receipts rejected before it has decided
// about them. Each finding stands at the one of the two keys that the file sets, and names where the other stands.
std::vector<ConfigError> check_retries(const Config& config, const OptionValues& values);

}  // namespace dlrgw::host
