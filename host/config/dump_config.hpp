// SPDX-License-Identifier: Apache-2.0
// The configuration in force as text, for people: what `check` prints. Secrets never appear.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/option_values.hpp"

namespace dlrgw::host {

// One "path = value" line per key, defaults included. `declared` maps plugins[].file to its options; values of plugins
// without an entry, of undeclared keys and of options flagged secret are shown as "***", credentials in URLs always
// are.
[[nodiscard]] std::string dump_config(const Config& config,
                                      const std::map<std::string, std::vector<OptionDecl>>& declared = {});

}  // namespace dlrgw::host
