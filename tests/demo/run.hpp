// SPDX-License-Identifier: Apache-2.0
// Takes a manifest through a running gateway: seeds, publishes in phases, waits until everything has settled. One
// thread.
#pragma once
#include <csignal>
#include <string>

#include "demo/manifest.hpp"
#include "demo/report.hpp"
#include "support/scenario.hpp"

namespace dlrgw::demo {

struct Interrupted {};                            // thrown when the user pressed Ctrl-C
extern volatile std::sig_atomic_t g_interrupted;  // set by the signal handler of main

// The shipped configuration, but with a sweep each second, so that a day's wait for a segment shows in the demo's
// seconds; and with an operator that sends one receipt for all segments.
[[nodiscard]] std::string demo_config();

// Throws std::runtime_error when the gateway ends or does not settle in time.
void run(test::Scenario& scenario, const Manifest& manifest, Progress& progress);

}  // namespace dlrgw::demo
