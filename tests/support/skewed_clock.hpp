// SPDX-License-Identifier: Apache-2.0
// A process whose clock on the wall is wrong. Any thread.
#pragma once
#include <chrono>
#include <map>
#include <string>

namespace dlrgw::test {

// Environment for a process whose clock on the wall is off by so much, fast or (negative) slow; its monotonic clock is
// right.
[[nodiscard]] std::map<std::string, std::string> skewed_clock(std::chrono::seconds off_by);

}  // namespace dlrgw::test
