// SPDX-License-Identifier: Apache-2.0
#include "support/eventually.hpp"

#include <ctime>
#include <poll.h>

namespace dlrgw::test {

void poll_pause(std::chrono::milliseconds interval) {
  const timespec wait{interval.count() / 1000, (interval.count() % 1000) * 1'000'000};
  ppoll(nullptr, 0, &wait, nullptr);
}

bool eventually(const std::function<bool()>& predicate, std::chrono::milliseconds deadline,
                std::chrono::milliseconds interval) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!predicate()) {
    if (std::chrono::steady_clock::now() >= end) return predicate();
    poll_pause(interval);
  }
  return true;
}

}  // namespace dlrgw::test
