// SPDX-License-Identifier: Apache-2.0
// /live, /ready and /metrics. What they report comes from callbacks, which run on I/O threads, several at once.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "http/router.hpp"

namespace dlrgw::host {

enum class ReadyState { kOk, kDegraded, kUnavailable };
[[nodiscard]] std::string_view to_string(ReadyState state);

struct ReadyCheck {
  std::string name;
  ReadyState state = ReadyState::kOk;
  std::string detail;  // what is wrong and what to do; no secrets
};

// False: only a restart helps.
using LiveCallback = std::function<bool()>;
// The worst check is the whole: unavailable answers 503, degraded 200.
using ReadyCallback = std::function<std::vector<ReadyCheck>()>;
// Text exposition format 0.0.4.
using MetricsCallback = std::function<std::string()>;

// /live (200, or 503 when it is not) and /ready on both listeners, /metrics on the admin listener only; unless it is
// open, a token with scope dlr:metrics or dlr:admin is needed for it. The public /ready names checks and states; their
// sentences, which may hold hosts, ports and paths, are told on the admin listener.
Status builtin_routes(Router& router, LiveCallback live, const ReadyCallback& ready, MetricsCallback metrics,
                      bool metrics_open = true);

}  // namespace dlrgw::host
