// SPDX-License-Identifier: Apache-2.0
#include "support/skewed_clock.hpp"

#include <cstdlib>

namespace dlrgw::test {

std::map<std::string, std::string> skewed_clock(std::chrono::seconds off_by) {
  const char* inherited = std::getenv("ASAN_OPTIONS");
  return {{"LD_PRELOAD", DLRGW_SKEWED_CLOCK},
          {"DLRGW_TEST_CLOCK_SKEW", std::to_string(off_by.count())},
          // AddressSanitizer wants to be loaded first, which what is preloaded here does no harm to.
          {"ASAN_OPTIONS", std::string(inherited == nullptr ? "" : inherited) + ":verify_asan_link_order=0"}};
}

}  // namespace dlrgw::test
