// SPDX-License-Identifier: Apache-2.0
// FNV-1a, 64 bit: the same number in every process, build and release. Names advisory locks and prepared statements.
#pragma once
#include <cstdint>
#include <string_view>

namespace dlrgw::host {

constexpr std::uint64_t hash64(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<std::uint8_t>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

}  // namespace dlrgw::host
