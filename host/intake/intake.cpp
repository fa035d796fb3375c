// SPDX-License-Identifier: Apache-2.0
#include "intake/intake.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::milliseconds kLastAnswers{2'000};

}  // namespace

void Intake::NatsReplies::send(const Delivery& delivery, std::string_view verb) {
  if (delivery.connection_epoch != connection_.epoch() || !connection_.publish(delivery.reply, verb)) {
    ++voids;
    return;
  }
  if (!verb.starts_with("-N")) note(delivery);
  if (verb.starts_with("+A")) {
    ++acks;
  } else if (verb.starts_with("-N")) {
    ++naks;
  } else {
    ++terms;
  }
}

void Intake::NatsReplies::note(const Delivery& delivery) {
  const MutexLock guard(mutex_);
  if (settled_.stream_identity == delivery.identity() && settled_.stream_seq >= delivery.stream_seq) return;
  settled_ = {std::string(delivery.identity()), delivery.stream_seq, delivery.stream_time_us};
}

SettledReceipt Intake::NatsReplies::settled() const {
  const MutexLock guard(mutex_);
  return settled_;
}

Intake::Intake(IntakeOptions options, NatsConnection& connection, Clock& clock, Logger& log, IntakeObserver observer)
    : options_(std::move(options)),
      connection_(connection),
      replies_(connection),
      buffer_(options_.limits, clock, replies_),
      watcher_(options_, connection, clock, stream_time_, log, std::move(observer),
               [this] { buffer_.forget_retries(); }),
      puller_(options_, connection, clock, stream_time_, buffer_, watcher_) {}

Intake::~Intake() { stop(); }

void Intake::start() {
  running_ = true;
  watcher_.start();
  puller_.start();
}

void Intake::drain() {
  if (draining_.exchange(true)) return;
  buffer_.start_draining();
  puller_.drain();
}

void Intake::stop() {
  drain();
  if (!std::exchange(running_, false)) return;
  puller_.stop();
  watcher_.stop();
  (void)connection_.flush(kLastAnswers);  // not connected: those answers are void anyway
}

IntakeStatus Intake::status() const {
  IntakeStatus status;
  status.connected = connection_.connected();
  status.draining = draining_;
  status.held = buffer_.held();
  status.queued = buffer_.queued();
  status.parked = buffer_.parked();
  status.fetched = puller_.fetched();
  status.acked = replies_.acks;
  status.naked = replies_.naks;
  status.termed = replies_.terms;
  status.void_answers = replies_.voids;
  status.settled = replies_.settled();
  watcher_.report(status);
  if (status.problem.empty() && status.held) status.problem = "held: " + buffer_.why_held();
  if (status.problem.empty()) status.problem = puller_.idle_because();
  if (status.draining) status.problem = "the gateway is draining";
  status.active = status.active && status.problem.empty();
  return status;
}

}  // namespace dlrgw::host
