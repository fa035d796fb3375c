// The intake: fetches receipts of the durable pull consumer, hands them to lanes in natural batches, keeps those that
// retry soon, and answers the server. Owned by the app. start(), stop() from one thread; everything else from any.
// Threads of its own: the puller and the watcher (looks at stream and consumer once a second).
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "intake/delivery.hpp"
#include "intake/delivery_buffer.hpp"
#include "nats/connection.hpp"
#include "nats/subjects.hpp"
#include "support/clock.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

struct IntakeOptions {
  unsigned replica = 0;  // names the inboxes dlr.in.<replica>.<slot>
  std::string stream{subjects::kStream};
  std::string consumer{subjects::kConsumer};
  std::string subject{subjects::kInbound};
  BufferLimits limits;
  // What the consumer must look like; a lower max_ack_pending or another ack_wait is refused.
  std::int64_t max_ack_pending = 20'000;
  std::chrono::milliseconds ack_wait{30'000};
  std::chrono::milliseconds pull_expires{2'000};
  std::chrono::milliseconds poll_every{1'000};
  std::chrono::milliseconds fresh_for{5'000};  // how long an answer about the consumer counts
};

// Called from the intake's own threads; each may be empty.
struct IntakeObserver {
  std::function<void(const std::string& stream_identity)> on_started;  // bound for the first time
  std::function<void(const std::string& reason)> on_disconnected;
  std::function<void()> on_reconnected;  // bound again after a disconnect
};

struct IntakeStatus {
  bool connected = false;
  bool active = false;  // connected, consumer as it must be, its last answer fresh, not draining: receipts can come
  bool held = false;
  bool draining = false;
  std::uint64_t pending = 0;      // in the stream, not delivered
  std::uint64_t ack_pending = 0;  // delivered to any host, not answered
  std::size_t queued = 0;
  std::size_t parked = 0;
  std::string problem;  // why not active, or why held; a sentence, empty when all is well
  // Since start.
  std::uint64_t fetched = 0;
  std::uint64_t acked = 0;
  std::uint64_t naked = 0;
  std::uint64_t termed = 0;
  std::uint64_t void_answers = 0;  // not sent, because the connection of the delivery is gone
};

class Intake {
 public:
  Intake(IntakeOptions options, NatsConnection& connection, Clock& clock, Logger& log, IntakeObserver observer = {});
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  // Returns at once; a missing server, stream or consumer is tried again every second and told by status().
  void start();
  // No more receipts: what waits goes back to the server at once, take() answers empty. Lanes finish and answer what
  // they have.
  void drain();
  // Drains, ends the threads and lets the last answers leave.
  void stop();

  // For lanes; see delivery_buffer.hpp.
  std::vector<Delivery> take(const std::stop_token& stop);
  bool park(Delivery&& delivery, std::int64_t delay_ms);
  void ack(Delivery&& delivery);
  void nak(Delivery&& delivery, std::int64_t delay_ms);
  void term(Delivery&& delivery);

  // A dependency is away: nothing is fetched or handed out, what waits is given back. Call it before giving back a
  // batch for that reason: a nak while held remembers no retries.
  void hold(std::string why);
  void resume();
  [[nodiscard]] bool held() const;

  [[nodiscard]] IntakeStatus status() const;
  // "SMS_DLR@<created>" of the stream last seen, empty before. A delivery carries its own.
  [[nodiscard]] std::string stream_identity() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
