// SPDX-License-Identifier: Apache-2.0
// The running gateway: owns every shared part and puts them together. Constructed from a checked configuration; run()
// returns when it was told to stop.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

// What `dlr-gateway reload` asks the running gateway, see control_socket.hpp.
inline constexpr std::string_view kReloadRequest = "reload";

// Runs until SIGTERM or SIGINT, then drains. Answers the exit code: 0 after a drain, 1 when it could not start.
// Signals must be blocked in the calling thread before any other thread exists.
// reader reads the configuration again for a reload.
using ConfigReader = std::function<std::optional<Config>(std::vector<std::string>& errors)>;
int run_gateway(const Config& config, ConfigReader reader, Logger& logger, std::vector<std::string>& errors);

// Blocks the signals that run_gateway() waits for.
void block_signals();

}  // namespace dlrgw::host
