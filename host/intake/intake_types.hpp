// SPDX-License-Identifier: Apache-2.0
// The intake's options, its observer, and its status. Values.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "intake/delivery_buffer.hpp"
#include "nats/subjects.hpp"

namespace dlrgw::host {

struct IntakeOptions {
  unsigned replica = 0;  // names the inboxes dlr.in.<replica>.<slot>
  std::string stream{subjects::kStream};
  std::string consumer{subjects::kConsumer};
  std::string subject{subjects::kInbound};
  BufferLimits limits;
  // What the consumer must have at least.
  std::int64_t max_ack_pending = 20'000;
  std::chrono::milliseconds ack_wait = kLeastAckWait;
  std::chrono::milliseconds pull_expires{2'000};
  std::chrono::milliseconds poll_every{1'000};
  std::chrono::milliseconds fresh_for{5'000};  // how long an answer of the consumer, or about it, counts as current
};

// Called from the intake's own threads; each may be empty.
struct IntakeObserver {
  std::function<void(const std::string& stream_identity)> on_started;  // bound for the first time
  std::function<void(const std::string& reason)> on_disconnected;
  std::function<void()> on_reconnected;  // bound again after a disconnect
};

// A receipt that was settled: where it stood in the stream, and when it was stored there.
struct SettledReceipt {
  std::string stream_identity;
  std::uint64_t stream_seq = 0;  // 0: none yet
  std::int64_t stream_time_us = 0;
};

struct IntakeStatus {
  bool connected = false;
  // Receipts are being asked for: the connection is up, the consumer is as it must be and its last answer is current,
  // the intake is neither held nor draining, and the server answers pull requests. True on an idle stream too.
  bool active = false;
  bool held = false;
  bool draining = false;
  std::uint64_t pending = 0;      // in the stream, not delivered
  std::uint64_t ack_pending = 0;  // delivered to any host, not answered
  std::uint64_t ack_floor = 0;    // stream sequence up to which everything is settled
  // When the consumer was asked for these, in the stream's time: not later than it was there. 0 = that is not known.
  std::int64_t looked_at_us = 0;
  std::string stream_identity;  // of the stream that they are about
  SettledReceipt settled;       // the newest one of this host
  std::size_t queued = 0;
  std::size_t parked = 0;
  std::string problem;  // why not active; a sentence, empty when it is
  // Since start.
  std::uint64_t fetched = 0;
  std::uint64_t acked = 0;
  std::uint64_t naked = 0;
  std::uint64_t termed = 0;
  std::uint64_t void_answers = 0;  // not sent, because the connection of the delivery is gone
};

}  // namespace dlrgw::host
