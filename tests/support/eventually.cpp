// SPDX-License-Identifier: Apache-2.0
#include "support/eventually.hpp"

#include <ctime>
#include <poll.h>

namespace dlrgw::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{20};

}  // namespace

void beat(std::chrono::milliseconds interval) {
  const timespec wait{interval.count() / 1000, (interval.count() % 1000) * 1'000'000};
  ppoll(nullptr, 0, &wait, nullptr);
}

bool eventually(const std::function<bool()>& predicate) {
  const auto end = Clock::now() + kPatience;
  while (!predicate()) {
    if (Clock::now() >= end) return predicate();
    beat(kLook);
  }
  return true;
}

bool stays(const std::function<bool()>& predicate, std::chrono::milliseconds span) {
  for (const auto end = Clock::now() + span; Clock::now() < end; beat(kLook))
    if (!predicate()) return false;
  return predicate();
}

}  // namespace dlrgw::test
