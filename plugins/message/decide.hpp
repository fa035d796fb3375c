// SPDX-License-Identifier: Apache-2.0
// What the rules say about one receipt, given the history of its message. Pure; any thread.
//
// Order: redelivered, quarantined, duplicate, superseded, late, applied. A batch is folded: decide() on the first
// receipt, fold() its decision into the history, decide() on the next. The caller holds the message's row lock.
#pragma once
#include "message/history.hpp"

namespace dlrgw::message {

struct QuarantineLimits {
  std::int64_t stale_us = 0;  // the receipt's own time is older than this
  std::int64_t after_us = 0;  // and its message has been terminal for longer than this
};

inline constexpr std::size_t kMaxRawsPerSegment = 16;

Decision decide(const History& history, const Incoming& receipt, const QuarantineLimits& limits, std::int64_t now_us);

}  // namespace dlrgw::message
