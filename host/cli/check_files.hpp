// SPDX-License-Identifier: Apache-2.0
// What the configuration's keys alone do not show: is the key set one, is a certificate there, does the key belong to
// it? For `check`: a gateway starts without a key set too, and takes it once it is right.
#pragma once
#include <vector>

#include "config/config.hpp"

namespace dlrgw::host {

// Each at the place of its key; no text holds what is in a file.
[[nodiscard]] std::vector<ConfigError> check_files(const Config& config);

}  // namespace dlrgw::host
