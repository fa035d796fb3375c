// SPDX-License-Identifier: Apache-2.0
// The intake: fetches receipts of the durable pull consumer, hands them to lanes in natural batches, keeps those that
// retry soon, and answers the server. Owned by the app. start(), stop() from one thread; everything else from any.
// Threads of its own: the puller and the watcher (looks at stream and consumer once a second).
#pragma once
#include <atomic>
#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "intake/delivery.hpp"
#include "intake/delivery_buffer.hpp"
#include "intake/intake_types.hpp"
#include "intake/puller.hpp"
#include "intake/stream_time.hpp"
#include "intake/watcher.hpp"
#include "nats/connection.hpp"
#include "support/clock.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

class Intake {
 public:
  Intake(IntakeOptions options, NatsConnection& connection, Clock& clock, Logger& log, IntakeObserver observer = {});
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  // Returns at once. A missing server, stream or consumer is tried again every second and shown by status().
  void start();
  // Ends the intake of receipts: what waits goes back to the server at once, and take() returns empty. Lanes finish and
  // answer what they have.
  void drain();
  // Drains, ends the threads and lets the last answers leave.
  void stop();

  // For lanes; see delivery_buffer.hpp.
  std::vector<Delivery> take(const std::stop_token& stop) { return buffer_.take(stop); }
  bool park(Delivery&& delivery, std::int64_t delay_ms) { return buffer_.park(std::move(delivery), delay_ms); }
  void ack(Delivery&& delivery) { buffer_.ack(std::move(delivery)); }
  void nak(Delivery&& delivery, std::int64_t delay_ms) { buffer_.nak(std::move(delivery), delay_ms); }
  void term(Delivery&& delivery) { buffer_.term(std::move(delivery)); }

  // A dependency is away: nothing is fetched or handed out, what waits is given back. Call it before giving back a
  // batch for that reason: a nak while held remembers no retries.
  void hold(std::string why) { buffer_.hold(std::move(why)); }
  void resume() { buffer_.resume(); }
  [[nodiscard]] bool held() const { return buffer_.held(); }

  [[nodiscard]] IntakeStatus status() const;
  // "SMS_DLR@<created>" of the stream last seen, empty before. A delivery carries its own.
  [[nodiscard]] std::string stream_identity() const { return watcher_.stream_identity(); }

 private:
  // Sends answers, and counts them.
  class NatsReplies final : public Replies {
   public:
    explicit NatsReplies(NatsConnection& connection) : connection_(connection) {}
    void send(const Delivery& delivery, std::string_view verb) override;
    [[nodiscard]] SettledReceipt settled() const;
    std::atomic<std::uint64_t> acks{0}, naks{0}, terms{0}, voids{0};

   private:
    void note(const Delivery& delivery);
    mutable Mutex mutex_;
    SettledReceipt settled_ DLRGW_GUARDED_BY(mutex_);
    NatsConnection& connection_;
  };

  const IntakeOptions options_;
  NatsConnection& connection_;
  NatsReplies replies_;
  DeliveryBuffer buffer_;
  StreamTime stream_time_;
  Watcher watcher_;
  Puller puller_;
  std::atomic<bool> draining_{false};
  bool running_ = false;  // start() and stop() only
};

}  // namespace dlrgw::host
