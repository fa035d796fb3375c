// SPDX-License-Identifier: Apache-2.0
// The part of the command line for authors of plugins: `check-plugin`, `bench-plugin` and `new-plugin`.
#pragma once

namespace CLI {
class App;
}

namespace dlrgw::host {

// code: becomes the exit code of a command that ran; it must live as long as app parses.
void add_plugin_commands(CLI::App& app, int& code);

}  // namespace dlrgw::host
