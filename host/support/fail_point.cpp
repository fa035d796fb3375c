// SPDX-License-Identifier: Apache-2.0
#include "support/fail_point.hpp"

#ifdef DLRGW_FAIL_POINTS
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>

namespace dlrgw::host {
namespace {

struct Armed {
  std::string name;
  long hits_left = 1;
};

Armed read_environment() {
  const char* text = std::getenv("DLRGW_FAIL_POINT");
  if (text == nullptr) return {};
  Armed armed{text, 1};
  if (const auto colon = armed.name.rfind(':'); colon != std::string::npos) {
    const char* end = armed.name.data() + armed.name.size();
    std::from_chars(armed.name.data() + colon + 1, end, armed.hits_left);
    armed.name.resize(colon);
  }
  return armed;
}

}  // namespace

void fail_point(std::string_view name) {
  static const Armed armed = read_environment();
  static std::atomic<long> left{armed.hits_left};
  if (armed.name.empty() || armed.name != name) return;
  if (left.fetch_sub(1) == 1) ::raise(SIGKILL);
}

}  // namespace dlrgw::host
#endif
