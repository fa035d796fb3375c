// SPDX-License-Identifier: Apache-2.0
// The thread that fetches: keeps one pull request outstanding while there is room, and pushes what comes. Owned by the
// intake; start() and stop() from one thread.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "intake/delivery_buffer.hpp"
#include "intake/intake_types.hpp"
#include "intake/stream_time.hpp"
#include "intake/watcher.hpp"
#include "nats/pull_subscription.hpp"

namespace dlrgw::host {

class Puller {
 public:
  Puller(const IntakeOptions& options, NatsConnection& connection, Clock& clock, StreamTime& stream_time,
         DeliveryBuffer& buffer, Watcher& watcher);
  void start();
  void stop();  // call drain() first, or what waits here is redelivered only after its AckWait
  // Ends the server's interest and gives everything back, on the puller's thread; at once when it does not run.
  void drain();

  [[nodiscard]] std::uint64_t fetched() const { return fetched_; }
  // Empty while the server answers pull requests, if only by saying that nothing is there. Otherwise a sentence that
  // says why receipts are not being fetched.
  [[nodiscard]] std::string idle_because() const;

 private:
  void run(const std::stop_token& stop);
  void step(const std::stop_token& stop);
  void lose(const std::string& reason);
  bool open(const Watcher::Identity& identity);
  bool pull(std::chrono::milliseconds wait);
  void end_of_request(const EndOfRequest& end);
  bool accept(PulledMessage&& message, std::vector<Delivery>& chunk);
  void finish();
  void pause(const std::stop_token& stop, std::chrono::milliseconds how_long);

  const IntakeOptions& options_;
  NatsConnection& connection_;
  Clock& clock_;
  StreamTime& stream_time_;
  DeliveryBuffer& buffer_;
  Watcher& watcher_;
  std::atomic<bool> draining_{false};
  std::atomic<std::uint64_t> fetched_{0};
  std::atomic<std::int64_t> heard_us_{0};  // the server's last answer to a request; monotonic
  std::atomic<bool> full_{false};          // no request, because the lanes have not taken what is here
  Mutex pause_mutex_;
  std::condition_variable_any pause_;

  // The puller's thread only.
  std::unique_ptr<PullSubscription> subscription_;
  Watcher::Identity identity_;
  std::uint64_t looked_epoch_ = 0;
  std::size_t outstanding_ = 0;        // messages that the running request may still bring
  std::int64_t request_until_us_ = 0;  // after this it is over, even if the server never said so
  std::uint64_t last_consumer_seq_ = 0;
  bool slow_down_ = false;  // the server ended a request for a reason that may last
  std::jthread thread_;
};

}  // namespace dlrgw::host
