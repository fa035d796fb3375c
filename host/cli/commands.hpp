// SPDX-License-Identifier: Apache-2.0
// The subcommands of the one binary. Each prints for people and returns the process's exit code.
#pragma once

namespace dlrgw::host {

// Parses the command line and runs the subcommand. 0 = done; 1 = refused or failed, the reason is on stderr.
int run_command_line(int argc, char** argv);

}  // namespace dlrgw::host
