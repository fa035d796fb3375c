// SPDX-License-Identifier: Apache-2.0
#include "intake/watcher.hpp"

#include <algorithm>
#include <utility>

#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::milliseconds kAnswerWithin{2'000};

}  // namespace

Watcher::Watcher(const IntakeOptions& options, NatsConnection& connection, Clock& clock, StreamTime& stream_time,
                 Logger& log, IntakeObserver observer, std::function<void()> on_other_stream)
    : options_(options),
      connection_(connection),
      clock_(clock),
      stream_time_(stream_time),
      log_(log),
      observer_(std::move(observer)),
      on_other_stream_(std::move(on_other_stream)),
      api_(connection, subjects::inbox(options.replica, subjects::kApiSlot)) {}

void Watcher::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    name_thread("watcher");
    run(stop);
  });
}

void Watcher::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Watcher::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    step();
    MutexLock lock(mutex_);
    wake_.wait_for(lock, stop, options_.poll_every, [this]() DLRGW_REQUIRES(mutex_) { return look_; });
    look_ = false;
  }
}

void Watcher::step() {
  if (!connection_.connected()) {
    const std::string reason = connection_.last_error();
    return problem("NATS is not connected" + (reason.empty() ? std::string() : ": " + reason));
  }
  const std::uint64_t epoch = connection_.refresh_epoch();
  if (bound(epoch) == nullptr) return bind(epoch);
  poll();
}

void Watcher::bind(std::uint64_t epoch) {
  std::uint64_t unbinds = 0;
  {
    const MutexLock guard(mutex_);
    unbinds = unbinds_;
  }
  const auto stream = api_.stream_info(options_.stream, kAnswerWithin);
  if (!stream) return problem("stream " + options_.stream + ": " + stream.error().text);
  const Asked asked = ask();
  const auto consumer = api_.consumer_info(options_.stream, options_.consumer, kAnswerWithin);
  if (!consumer) return problem("consumer " + options_.stream + "/" + options_.consumer + ": " + consumer.error().text);
  const std::string wrong = consumer_problem(*consumer, wanted_of(options_));
  if (!wrong.empty()) return problem(wrong);

  const auto identity = std::make_shared<const std::string>(stream->identity());
  bool other = false;
  bool first = false;
  bool after_loss = false;
  {
    const MutexLock guard(mutex_);
    if (unbinds != unbinds_) return;
    other = identity_ != nullptr && *identity_ != *identity;
    first = !std::exchange(ever_bound_, true);
    after_loss = std::exchange(announced_loss_, false);
    epoch_ = epoch;
    identity_ = identity;
    consumer_created_ = consumer->created;
    problem_.clear();
    if (other) stream_time_.forget();
    answered(*consumer, asked);
  }
  if (other) on_other_stream_();
  log_.emit(Level::kInfo, first ? "dlr.consumer.started" : "dlr.consumer.resumed",
            {{"stream", std::string_view(*identity)},
             {"consumer", std::string_view(options_.consumer)},
             {"pending", static_cast<std::int64_t>(consumer->pending)}});
  if (first && observer_.on_started) observer_.on_started(*identity);
  if (!first && after_loss && observer_.on_reconnected) observer_.on_reconnected();
}

void Watcher::poll() {
  const Asked asked = ask();
  const auto info = api_.consumer_info(options_.stream, options_.consumer, kAnswerWithin);
  if (!info) {
    // "Not found" is certain; a missing answer is not: `active` ends by itself when no more answers come.
    if (info.error().code == ErrorCode::kNotFound)
      unbind("consumer " + options_.stream + "/" + options_.consumer + ": " + info.error().text);
    return;
  }
  const std::string wrong = consumer_problem(*info, wanted_of(options_));
  if (!wrong.empty()) return unbind(wrong);
  bool recreated = false;
  {
    const MutexLock guard(mutex_);
    recreated = info->created != consumer_created_;
    if (!recreated) answered(*info, asked);
  }
  if (recreated) unbind("consumer " + options_.stream + "/" + options_.consumer + " was created anew");
}

void Watcher::answered(const ConsumerInfo& info, Asked asked) {
  const std::int64_t now_us = clock_.monotonic_us();
  if (info.told_us != 0) stream_time_.told(info.told_us, now_us);
  // Either clock may be wrong, this host's or the server's: the earlier one ends nothing too early.
  const auto at_us = stream_time_.at(asked.monotonic_us);
  looked_at_us_ = at_us ? std::min(*at_us, asked.wall_us) : 0;
  ack_floor_ = info.ack_floor;
  pending_ = info.pending;
  ack_pending_ = info.ack_pending;
  answered_us_ = now_us;
  asked_us_ = asked.monotonic_us;
  looked_.notify_all();
}

void Watcher::problem(const std::string& sentence) {
  {
    const MutexLock guard(mutex_);
    if (problem_ == sentence) return;
    problem_ = sentence;
  }
  log_.emit(Level::kWarn, "dlr.consumer.unavailable", {{"reason", std::string_view(sentence)}});
}

Watcher::Identity Watcher::bound(std::uint64_t epoch) const {
  const MutexLock guard(mutex_);
  return epoch_ != 0 && epoch_ == epoch ? identity_ : nullptr;
}

void Watcher::look() {
  {
    const MutexLock guard(mutex_);
    look_ = true;
  }
  wake_.notify_all();
}

void Watcher::look_and_wait(std::chrono::milliseconds at_most) {
  MutexLock lock(mutex_);
  const std::int64_t now_us = clock_.monotonic_us();
  look_ = true;
  wake_.notify_all();
  looked_.wait_for(lock, at_most, [&]() DLRGW_REQUIRES(mutex_) { return asked_us_ >= now_us; });
}

void Watcher::lost(const std::string& reason) {
  bool announce = false;
  {
    const MutexLock guard(mutex_);
    ++unbinds_;
    epoch_ = 0;
    announce = ever_bound_ && !std::exchange(announced_loss_, true);
  }
  if (!announce) return;
  log_.emit(Level::kWarn, "dlr.consumer.disconnected", {{"reason", std::string_view(reason)}});
  if (observer_.on_disconnected) observer_.on_disconnected(reason);
}

void Watcher::unbind(const std::string& reason) {
  {
    const MutexLock guard(mutex_);
    ++unbinds_;
    epoch_ = 0;
    look_ = true;
  }
  wake_.notify_all();
  problem(reason);
}

void Watcher::report(IntakeStatus& status) const {
  const MutexLock guard(mutex_);
  const bool fresh = answered_us_ != 0 &&
                     clock_.monotonic_us() - answered_us_ <= std::chrono::microseconds(options_.fresh_for).count();
  status.active = status.connected && epoch_ != 0 && fresh;
  status.pending = pending_;
  status.ack_pending = ack_pending_;
  status.ack_floor = ack_floor_;
  status.looked_at_us = looked_at_us_;
  status.stream_identity = identity_ == nullptr ? std::string() : *identity_;
  status.problem = problem_;
  if (!status.active && status.problem.empty())
    status.problem = answered_us_ == 0 ? "the consumer was not looked at yet" : "the consumer's last answer is too old";
}

std::string Watcher::stream_identity() const {
  const MutexLock guard(mutex_);
  return identity_ == nullptr ? std::string() : *identity_;
}

}  // namespace dlrgw::host
