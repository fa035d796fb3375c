// SPDX-License-Identifier: Apache-2.0
// The part of the command line that asks the running gateway: `reload`, `resubmit`, `trace` and `outbox`.
#pragma once
#include <functional>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace dlrgw::host {

// state_dir: what the configuration of that name, empty for the default one, says; nothing when it could not be read
// and that was told. code: becomes the exit code of a command that ran; both must live as long as app parses.
void add_gateway_commands(CLI::App& app, const std::string& config_help,
                          std::function<std::optional<std::string>(const std::string&)> state_dir, int& code);

}  // namespace dlrgw::host
