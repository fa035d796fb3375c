// SPDX-License-Identifier: Apache-2.0
// What a reload cannot change, because it belongs to the process: sockets, sessions, lanes. Pure.
#pragma once
#include <string>
#include <vector>

#include "config/config.hpp"

namespace dlrgw::host {

// The sections in which `next` differs from `running` by keys that take effect at the next start only.
std::vector<std::string> restart_needed(const Config& running, const Config& next);

}  // namespace dlrgw::host
