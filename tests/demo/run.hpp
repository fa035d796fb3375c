// Takes a manifest through a running gateway: seeds, publishes in phases, waits until everything has settled. One
// thread.
#pragma once
#include <csignal>

#include "demo/manifest.hpp"
#include "demo/report.hpp"
#include "support/scenario.hpp"

namespace dlrgw::demo {

struct Interrupted {};                            // thrown when the user pressed Ctrl-C
extern volatile std::sig_atomic_t g_interrupted;  // set by the signal handler of main

// Throws std::runtime_error when the gateway ends or does not settle in time.
void run(test::Scenario& scenario, const Manifest& manifest, Progress& progress);

}  // namespace dlrgw::demo
