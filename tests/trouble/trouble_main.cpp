// SPDX-License-Identifier: Apache-2.0
#include "trouble/trouble_main.hpp"

#include <charconv>
#include <cstdio>
#include <string_view>

#include <gtest/gtest.h>

namespace dlrgw::test {
namespace {

struct Chosen {
  std::uint64_t seed = 0;
  std::uint64_t seconds = 0;
};

Chosen& chosen() {
  static Chosen values;
  return values;
}

bool read(int argc, char** argv) {
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string_view text = i + 1 < argc ? argv[i + 1] : "";
    std::uint64_t* value = name == "--seed" ? &chosen().seed : name == "--seconds" ? &chosen().seconds : nullptr;
    if (value == nullptr || text.empty()) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
    if (error != std::errc() || end != text.data() + text.size()) return false;
  }
  return true;
}

}  // namespace

std::uint64_t chosen_seed(std::uint64_t unless_named) { return chosen().seed == 0 ? unless_named : chosen().seed; }

std::chrono::seconds chosen_length(std::chrono::seconds unless_named) {
  return chosen().seconds == 0 ? unless_named : std::chrono::seconds(chosen().seconds);
}

}  // namespace dlrgw::test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (!dlrgw::test::read(argc, argv)) {
    std::fprintf(stderr, "usage: %s [--seed N] [--seconds N]\n", argv[0]);
    return 2;
  }
  return RUN_ALL_TESTS();
}
