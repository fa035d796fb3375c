// SPDX-License-Identifier: Apache-2.0
// The part of the command line that is `token` and `token init`.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "config/config.hpp"

namespace CLI {
class App;
}

namespace dlrgw::host {

// load: reads the configuration of that name, empty for the default one; mistakes elsewhere in it hide nothing that a
// token needs. code: becomes the exit code of a command that ran; both must live as long as app parses.
void add_token_commands(CLI::App& app, const std::string& config_help,
                        std::function<std::optional<Config>(const std::string&)> load, int& code);

}  // namespace dlrgw::host
