// SPDX-License-Identifier: Apache-2.0
// Looks at stream and consumer once a second and says whether the puller may pull, and which stream its sequences
// belong to. Owned by the intake; one thread of its own, every function may be called from any thread.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include <dlrgw/cpp/mutex.hpp>

#include "intake/consumer_check.hpp"
#include "intake/intake_types.hpp"
#include "intake/stream_time.hpp"
#include "nats/api_client.hpp"
#include "nats/connection.hpp"
#include "support/clock.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

class Watcher {
 public:
  using Identity = std::shared_ptr<const std::string>;

  // on_other_stream: the sequences mean other receipts from now on.
  Watcher(const IntakeOptions& options, NatsConnection& connection, Clock& clock, StreamTime& stream_time, Logger& log,
          IntakeObserver observer, std::function<void()> on_other_stream);
  void start();
  void stop();

  // The stream's identity when stream and consumer were found right on the connection of this epoch, else null.
  [[nodiscard]] Identity bound(std::uint64_t epoch) const;
  // Look now, not at the next second.
  void look();
  // Looks, and waits for the answer to a question asked after this call; not longer than at_most.
  void look_and_wait(std::chrono::milliseconds at_most);
  // The connection was lost or replaced.
  void lost(const std::string& reason);
  // Stream or consumer may have been replaced: unbinds until they have been looked at again, which happens now.
  void unbind(const std::string& reason);

  void report(IntakeStatus& status) const;
  [[nodiscard]] std::string stream_identity() const;

 private:
  void run(const std::stop_token& stop);
  void step();
  void bind(std::uint64_t epoch);
  void poll();
  void problem(const std::string& sentence);
  // A question's time on both clocks, before it was sent.
  struct Asked {
    std::int64_t wall_us = 0;
    std::int64_t monotonic_us = 0;
  };
  [[nodiscard]] Asked ask() const { return {clock_.now_us(), clock_.monotonic_us()}; }
  void answered(const ConsumerInfo& info, Asked asked) DLRGW_REQUIRES(mutex_);

  const IntakeOptions& options_;
  NatsConnection& connection_;
  Clock& clock_;
  StreamTime& stream_time_;
  Logger& log_;
  const IntakeObserver observer_;
  const std::function<void()> on_other_stream_;
  JetStreamApi api_;

  mutable Mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable_any looked_;
  bool look_ DLRGW_GUARDED_BY(mutex_) = false;
  bool announced_loss_ DLRGW_GUARDED_BY(mutex_) = false;
  bool ever_bound_ DLRGW_GUARDED_BY(mutex_) = false;
  // Moves with every unbind, so that a look begun before it does not bind.
  std::uint64_t unbinds_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::uint64_t epoch_ DLRGW_GUARDED_BY(mutex_) = 0;  // 0 = not bound
  Identity identity_ DLRGW_GUARDED_BY(mutex_);        // of the stream last seen; kept when unbound
  std::string consumer_created_ DLRGW_GUARDED_BY(mutex_);
  std::uint64_t pending_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::uint64_t ack_pending_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::uint64_t ack_floor_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::int64_t looked_at_us_ DLRGW_GUARDED_BY(mutex_) = 0;  // the stream's time before the question answered last
  std::int64_t answered_us_ DLRGW_GUARDED_BY(mutex_) = 0;   // monotonic; 0 = never
  std::int64_t asked_us_ DLRGW_GUARDED_BY(mutex_) = 0;      // monotonic, of that question
  std::string problem_ DLRGW_GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace dlrgw::host
