// SPDX-License-Identifier: Apache-2.0
// How long a receipt waits before it runs again, and when it has waited often enough. Pure.
#pragma once
#include <cstdint>

namespace dlrgw::host {

inline constexpr std::uint32_t kFirstBackoffMs = 500;
inline constexpr std::uint32_t kLastBackoffMs = 8'000;  // below the 10 s up to which a receipt is parked

// The host's own retries (a breach, a failing stage): 0.5 s, 1 s, 2 s, 4 s, 8 s, 8 s, …; done counts from 0.
constexpr std::uint32_t backoff_ms(std::uint32_t done) {
  std::uint32_t wait = kFirstBackoffMs;
  for (std::uint32_t i = 0; i < done && wait < kLastBackoffMs; ++i) wait *= 2;
  return wait < kLastBackoffMs ? wait : kLastBackoffMs;
}

// A receipt that one stage has sent back `retries` times is rejected once that exceeds the limit.
constexpr bool retries_exhausted(std::uint32_t retries, std::uint32_t max_retries) { return retries > max_retries; }

}  // namespace dlrgw::host
