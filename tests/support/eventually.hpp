// SPDX-License-Identifier: Apache-2.0
// Waiting in tests: poll a condition until it holds or a deadline passes. Any thread.
// Nothing here is a synchronisation by itself; a test that needs time to pass moves a fake clock instead.
#pragma once
#include <chrono>
#include <functional>

namespace dlrgw::test {

// Calls predicate every interval until it answers true; its last answer once the deadline has passed.
bool eventually(const std::function<bool()>& predicate, std::chrono::milliseconds deadline,
                std::chrono::milliseconds interval = std::chrono::milliseconds(10));

// One wait between two polls of a loop that does more than wait for one condition. Ends early on a signal.
void poll_pause(std::chrono::milliseconds interval);

}  // namespace dlrgw::test
