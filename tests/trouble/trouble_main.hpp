// SPDX-License-Identifier: Apache-2.0
// What the command line chose: [--seed N] [--seconds N]. The same seed chooses the same troubles again. Read by tests.
#pragma once
#include <chrono>
#include <cstdint>

namespace dlrgw::test {

[[nodiscard]] std::uint64_t chosen_seed(std::uint64_t unless_named);
[[nodiscard]] std::chrono::seconds chosen_length(std::chrono::seconds unless_named);

}  // namespace dlrgw::test
