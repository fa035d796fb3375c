// SPDX-License-Identifier: Apache-2.0
#include "intake/puller.hpp"

#include <algorithm>
#include <utility>

#include "nats/ack_subject.hpp"
#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::milliseconds kLook{100};  // how soon a change of connection, hold or drain is seen
constexpr std::chrono::milliseconds kPause{50};  // between attempts that failed
constexpr std::chrono::milliseconds kLastMessages{5'000};
constexpr std::chrono::milliseconds kLookWithin{2'000};
constexpr std::int64_t kRequestGraceUs = 1'000'000;
constexpr std::int64_t kSuspectNakMs = 1'000;

}  // namespace

Puller::Puller(const IntakeOptions& options, NatsConnection& connection, Clock& clock, StreamTime& stream_time,
               DeliveryBuffer& buffer, Watcher& watcher)
    : options_(options),
      connection_(connection),
      clock_(clock),
      stream_time_(stream_time),
      buffer_(buffer),
      watcher_(watcher) {}

void Puller::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    name_thread("puller");
    run(stop);
  });
}

void Puller::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Puller::drain() {
  draining_ = true;
  if (!thread_.joinable()) buffer_.pull_ended();
}

void Puller::run(const std::stop_token& stop) {
  while (!stop.stop_requested() && !draining_) step(stop);
  if (draining_) finish();
  subscription_.reset();
}

void Puller::step(const std::stop_token& stop) {
  if (!connection_.connected()) {
    lose("NATS is not connected");
    return pause(stop, kPause);
  }
  const std::uint64_t epoch = connection_.epoch();
  if (subscription_ != nullptr && subscription_->epoch() != epoch) lose("NATS has reconnected");
  const Watcher::Identity identity = watcher_.bound(epoch);
  if (identity == nullptr) {
    if (subscription_ != nullptr) subscription_.reset();  // stream or consumer are not what they were: ask for nothing
    if (std::exchange(looked_epoch_, epoch) != epoch) watcher_.look();  // a new connection: not at the next second
    return pause(stop, kPause);
  }
  if (subscription_ == nullptr && !open(identity)) return pause(stop, kPause);

  if (outstanding_ > 0 && clock_.monotonic_us() > request_until_us_) outstanding_ = 0;
  if (outstanding_ == 0) {
    if (std::exchange(slow_down_, false)) pause(stop, kPause);
    // Small requests cost a round trip each: ask when at least half a batch fits.
    const std::size_t room = buffer_.room();
    const bool full = room == 0 || room < options_.limits.batch_max / 2;
    if (full_.exchange(full) && !full)
      heard_us_ = clock_.monotonic_us();  // from now on it is the server that has to answer
    if (full) return buffer_.wait_room(stop, kLook);
    if (!subscription_->request(static_cast<std::uint32_t>(room), options_.pull_expires)) return pause(stop, kPause);
    outstanding_ = room;
    request_until_us_ =
        clock_.monotonic_us() + std::chrono::microseconds(options_.pull_expires).count() + kRequestGraceUs;
  }
  (void)pull(kLook);
}

void Puller::lose(const std::string& reason) {
  if (subscription_ != nullptr) buffer_.drop_all();
  subscription_.reset();
  outstanding_ = 0;
  watcher_.lost(reason);
}

bool Puller::open(const Watcher::Identity& identity) {
  auto opened = PullSubscription::open(connection_, options_.stream, options_.consumer,
                                       subjects::inbox(options_.replica, subjects::kPullSlot));
  if (!opened) return false;
  subscription_ = std::move(*opened);
  identity_ = identity;
  outstanding_ = 0;
  last_consumer_seq_ = 0;
  heard_us_ = clock_.monotonic_us();
  return true;
}

// Takes what has arrived, waiting for the first one only. False: nothing had.
bool Puller::pull(std::chrono::milliseconds wait) {
  std::vector<Delivery> chunk;
  Pulled next = subscription_->next(wait);
  while (auto* message = std::get_if<PulledMessage>(&next)) {
    if (outstanding_ > 0) --outstanding_;
    if (!accept(std::move(*message), chunk) || chunk.size() >= options_.limits.batch_max) {
      next = PullTimeout{};
      break;
    }
    next = subscription_->next(std::chrono::milliseconds(0));
  }
  fetched_ += chunk.size();
  const bool got = !chunk.empty();
  if (got) heard_us_ = clock_.monotonic_us();
  buffer_.push(std::move(chunk));
  if (const auto* end = std::get_if<EndOfRequest>(&next)) end_of_request(*end);
  if (std::holds_alternative<PullDisconnected>(next)) lose("NATS has disconnected");
  return got;
}

void Puller::end_of_request(const EndOfRequest& end) {
  outstanding_ = 0;
  if (end.code == 404 || end.code == 408) {
    heard_us_ = clock_.monotonic_us();
    return;
  }
  slow_down_ = true;
  if (end.code == 503 ||
      end.text.find("Consumer") != std::string::npos)  // "Consumer Deleted", "Consumer is push based"
    watcher_.unbind("consumer " + options_.stream + "/" + options_.consumer + ": the server answered " +
                    std::to_string(end.code) + " " + end.text);
}

// False: it came from another stream or consumer than before, and the rest of what has arrived may too.
bool Puller::accept(PulledMessage&& message, std::vector<Delivery>& chunk) {
  const auto ack = parse_ack_subject(message.reply);
  if (!ack || ack->stream != options_.stream || ack->consumer != options_.consumer) return true;  // not for us
  Delivery delivery;
  delivery.connection_epoch = subscription_->epoch();
  delivery.stream_identity = identity_;
  delivery.stream_seq = ack->stream_seq;
  delivery.delivery_count = static_cast<std::uint32_t>(std::min<std::uint64_t>(ack->delivered, UINT32_MAX));
  delivery.stream_time_us = ack->stream_time_ns / 1000;
  delivery.delivered_monotonic_us = clock_.monotonic_us();
  const std::uint64_t consumer_seq = ack->consumer_seq;
  delivery.payload = std::move(message.payload);
  delivery.traceparent = std::move(message.traceparent);
  delivery.reply = std::move(message.reply);  // ack's views end here
  // A consumer's sequence only grows; when it steps back, this is another consumer, perhaps of another stream.
  if (consumer_seq <= last_consumer_seq_) {
    watcher_.unbind("consumer " + options_.stream + "/" + options_.consumer + " started to count anew");
    buffer_.nak(std::move(delivery), kSuspectNakMs);
    return false;
  }
  last_consumer_seq_ = consumer_seq;
  stream_time_.told(delivery.stream_time_us, delivery.delivered_monotonic_us);
  chunk.push_back(std::move(delivery));
  return true;
}

// Unsubscribes first, then takes in what the server had sent before it knew, and only then gives anything back.
// NATS 2.9 forgets a redelivery, until its AckWait is over, when it has taken it from its list and finds only a request
// without a listener. So nobody unsubscribes while the server has something to send, however long a busy one takes for
// it, and the consumer is asked about before anything is given back: that takes such requests away.
void Puller::finish() {
  IntakeStatus known;
  watcher_.report(known);
  const bool may_send = known.pending != 0 || known.ack_pending != 0;
  while (subscription_ != nullptr && outstanding_ > 0 && connection_.connected() &&
         (pull(kLook) || (may_send && clock_.monotonic_us() < request_until_us_))) {
  }
  if (subscription_ != nullptr && connection_.connected()) {
    const bool all_here = subscription_->unsubscribe(kLastMessages);
    const std::chrono::milliseconds wait = all_here ? std::chrono::milliseconds(0) : kLook;
    std::vector<Delivery> last;
    // The end of an earlier request may stand in front of what a later one brought.
    for (Pulled next = subscription_->next(wait);
         std::holds_alternative<PulledMessage>(next) || std::holds_alternative<EndOfRequest>(next);
         next = subscription_->next(wait))
      if (auto* message = std::get_if<PulledMessage>(&next)) (void)accept(std::move(*message), last);
    buffer_.push(std::move(last));
    watcher_.look_and_wait(kLookWithin);
  }
  buffer_.pull_ended();
}

std::string Puller::idle_because() const {
  const std::int64_t silent_us = clock_.monotonic_us() - heard_us_;
  if (silent_us <= std::chrono::microseconds(options_.fresh_for).count()) return {};
  const std::string since = std::to_string(silent_us / 1'000'000) + " s";
  if (full_) return "no receipts are asked for, because the lanes have taken none for " + since;
  return "the server has not answered a request for receipts for " + since +
         "; does this NATS user have the permission to ask?";
}

void Puller::pause(const std::stop_token& stop, std::chrono::milliseconds how_long) {
  MutexLock lock(pause_mutex_);
  pause_.wait_for(lock, stop, how_long, [] { return false; });
}

}  // namespace dlrgw::host
