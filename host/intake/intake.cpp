#include "intake/intake.hpp"

#include <atomic>
#include <utility>

#include "intake/puller.hpp"
#include "intake/watcher.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::milliseconds kLastAnswers{2'000};

class NatsReplies final : public Replies {
 public:
  explicit NatsReplies(NatsConnection& connection) : connection_(connection) {}

  void send(const Delivery& delivery, std::string_view verb) override {
    if (delivery.connection_epoch != connection_.epoch() || !connection_.publish(delivery.reply, verb)) {
      ++voids;
      return;
    }
    if (verb.starts_with("+A")) {
      ++acks;
    } else if (verb.starts_with("-N")) {
      ++naks;
    } else {
      ++terms;
    }
  }

  std::atomic<std::uint64_t> acks{0}, naks{0}, terms{0}, voids{0};

 private:
  NatsConnection& connection_;
};

}  // namespace

struct Intake::Impl {
  Impl(IntakeOptions opts, NatsConnection& conn, Clock& clock, Logger& log, IntakeObserver observer)
      : options(std::move(opts)),
        connection(conn),
        replies(conn),
        buffer(options.limits, clock, replies),
        watcher(options, conn, clock, log, std::move(observer), [this] { buffer.forget_retries(); }),
        puller(options, conn, clock, buffer, watcher) {}

  const IntakeOptions options;
  NatsConnection& connection;
  NatsReplies replies;
  DeliveryBuffer buffer;
  Watcher watcher;
  Puller puller;
  std::atomic<bool> draining{false};
  bool running = false;
};

Intake::Intake(IntakeOptions options, NatsConnection& connection, Clock& clock, Logger& log, IntakeObserver observer)
    : impl_(std::make_unique<Impl>(std::move(options), connection, clock, log, std::move(observer))) {}

Intake::~Intake() { stop(); }

void Intake::start() {
  impl_->running = true;
  impl_->watcher.start();
  impl_->puller.start();
}

void Intake::drain() {
  if (impl_->draining.exchange(true)) return;
  impl_->buffer.start_draining();
  impl_->puller.drain();
}

void Intake::stop() {
  drain();
  if (!std::exchange(impl_->running, false)) return;
  impl_->puller.stop();
  impl_->watcher.stop();
  (void)impl_->connection.flush(kLastAnswers);  // not connected: those answers are void anyway
}

std::vector<Delivery> Intake::take(const std::stop_token& stop) { return impl_->buffer.take(stop); }
bool Intake::park(Delivery&& delivery, std::int64_t delay_ms) {
  return impl_->buffer.park(std::move(delivery), delay_ms);
}
void Intake::ack(Delivery&& delivery) { impl_->buffer.ack(std::move(delivery)); }
void Intake::nak(Delivery&& delivery, std::int64_t delay_ms) { impl_->buffer.nak(std::move(delivery), delay_ms); }
void Intake::term(Delivery&& delivery) { impl_->buffer.term(std::move(delivery)); }
void Intake::hold(std::string why) { impl_->buffer.hold(std::move(why)); }
void Intake::resume() { impl_->buffer.resume(); }
bool Intake::held() const { return impl_->buffer.held(); }

IntakeStatus Intake::status() const {
  IntakeStatus status;
  status.connected = impl_->connection.connected();
  status.draining = impl_->draining;
  status.held = impl_->buffer.held();
  status.queued = impl_->buffer.queued();
  status.parked = impl_->buffer.parked();
  status.fetched = impl_->puller.fetched();
  status.acked = impl_->replies.acks;
  status.naked = impl_->replies.naks;
  status.termed = impl_->replies.terms;
  status.void_answers = impl_->replies.voids;
  impl_->watcher.report(status);
  status.active = status.active && !status.draining;
  if (status.draining) status.problem = "the gateway is draining";
  if (status.held && status.problem.empty()) status.problem = "held: " + impl_->buffer.why_held();
  return status;
}

std::string Intake::stream_identity() const { return impl_->watcher.stream_identity(); }

}  // namespace dlrgw::host
