// SPDX-License-Identifier: Apache-2.0
#include "redis_probe.hpp"

namespace dlrgw::dedup {
namespace {
using std::chrono::milliseconds;
// Redis counts as away only after kAwayAfter, because a busy machine answers late. The lanes may ask again only once it
// answers as fast as they need it.
constexpr milliseconds kAwayAfter{500};
constexpr milliseconds kBackWithin{20};
}  // namespace

void RedisProbe::run() {
  if (shared_.lanes == 0) return link_.drop();
  const Breaker::Gate gate = shared_.monitor.enter();
  if (gate == Breaker::Gate::kOpen) return link_.drop();
  try {
    link_.ping(std::chrono::steady_clock::now() + (gate == Breaker::Gate::kProbe ? kBackWithin : kAwayAfter));
  } catch (const RedisError& e) {
    return shared_.monitor.failed(e.what());
  }
  shared_.monitor.succeeded(gate);
}

}  // namespace dlrgw::dedup
