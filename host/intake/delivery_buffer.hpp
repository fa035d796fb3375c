// SPDX-License-Identifier: Apache-2.0
// What the intake holds between the server and the lanes: fresh deliveries, the park, the retry memory, and the two
// ways to stand still (held, draining). Owned by the intake. Thread-safe: the puller pushes, lanes take, park and
// answer. It knows no NATS: answers leave through Replies, outside the lock.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "intake/buffer_limits.hpp"
#include "intake/delivery.hpp"
#include "intake/park.hpp"
#include "intake/retry_memory.hpp"
#include "support/clock.hpp"

namespace dlrgw::host {

// Takes one answer to one delivery: "+ACK", "-NAK …" or "+TERM". An answer of an earlier connection is dropped there.
class Replies {
 public:
  virtual ~Replies() = default;
  virtual void send(const Delivery& delivery, std::string_view verb) = 0;
};

class DeliveryBuffer {
 public:
  DeliveryBuffer(BufferLimits limits, Clock& clock, Replies& replies);

  // For the puller. Takes in fresh deliveries; while held or draining it gives them back at once.
  void push(std::vector<Delivery>&& fresh);
  // How many more fresh deliveries fit; 0 while held or draining.
  [[nodiscard]] std::size_t room() const;
  // Waits until room() may have grown, or for `timeout`.
  void wait_room(std::stop_token stop, std::chrono::milliseconds timeout);

  // For a lane. Blocks until there is something and the buffer is not held; then returns all of it, up to batch_max and
  // beginning with what is due in the park. Empty: draining or stopped, the lane ends.
  std::vector<Delivery> take(const std::stop_token& stop);
  // False: not parked but given back to the server with the delay (too long, too old, full, held, draining).
  bool park(Delivery&& delivery, std::int64_t delay_ms);
  void ack(Delivery&& delivery);
  void nak(Delivery&& delivery, std::int64_t delay_ms);
  void term(Delivery&& delivery);

  // From any thread. Hands nothing out until resume(), gives everything waiting back for a second, and forgets all
  // counts of retries: a receipt that waits for another service's rows could not have got them meanwhile.
  void hold(std::string why);
  void resume();
  [[nodiscard]] bool held() const;
  [[nodiscard]] std::string why_held() const;

  // The connection is another one. Drops everything: the server would refuse answers to it, and delivers it again.
  void drop_all();
  // Forgets all counts, because the stream is another one and its sequences name other receipts.
  void forget_retries();
  // Drains for good: take() returns empty. What arrives or is given back from now on is kept until pull_ended(). Given
  // back sooner, the server would deliver it at once into an inbox that is about to close, and nobody could have it
  // before its AckWait has passed.
  void start_draining();
  // The server delivers nothing more to this host. Gives back everything that was kept.
  void pull_ended();

  [[nodiscard]] std::size_t queued() const;
  [[nodiscard]] std::size_t parked() const;

 private:
  [[nodiscard]] bool closed() const DLRGW_REQUIRES(mutex_) { return held_ || draining_; }
  std::vector<Delivery> empty_out() DLRGW_REQUIRES(mutex_);
  void give_back(Delivery&& delivery, std::int64_t delay_ms);
  void send_nak(const Delivery& delivery, std::int64_t delay_ms);

  const BufferLimits limits_;
  Clock& clock_;
  Replies& replies_;

  mutable Mutex mutex_;
  std::condition_variable_any work_;
  std::condition_variable_any room_;
  std::deque<Delivery> queue_ DLRGW_GUARDED_BY(mutex_);
  Park park_ DLRGW_GUARDED_BY(mutex_);
  RetryMemory memory_ DLRGW_GUARDED_BY(mutex_);
  bool held_ DLRGW_GUARDED_BY(mutex_) = false;
  bool draining_ DLRGW_GUARDED_BY(mutex_) = false;
  bool pull_ended_ DLRGW_GUARDED_BY(mutex_) = false;
  // While draining: what to give back, and the delay in ms.
  std::vector<std::pair<Delivery, std::int64_t>> withheld_ DLRGW_GUARDED_BY(mutex_);
  std::string why_ DLRGW_GUARDED_BY(mutex_);
  std::uint64_t version_ DLRGW_GUARDED_BY(mutex_) = 0;  // moves when a waiting lane must look again
};

}  // namespace dlrgw::host
