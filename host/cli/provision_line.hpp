// SPDX-License-Identifier: Apache-2.0
// The part of the command line that is `provision`.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "config/config.hpp"

namespace CLI {
class App;
}

namespace dlrgw::host {

// load: reads the configuration of that name, empty for the default one, and prints what is wrong with it. code:
// becomes the exit code of a command that ran; both must live as long as app parses.
void add_provision_command(CLI::App& app, const std::string& config_help,
                           std::function<std::optional<Config>(const std::string&)> load, int& code);

}  // namespace dlrgw::host
