// SPDX-License-Identifier: Apache-2.0
#include "trouble/traffic.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "support/eventually.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 100ms;

}  // namespace

Traffic::Traffic(TestNats& nats, std::size_t per_second) : nats_(nats), per_second_(per_second) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Traffic::~Traffic() = default;

void Traffic::add(const Receipt& receipt, std::size_t behind) {
  const std::lock_guard lock(mutex_);
  const std::size_t place = behind == 0 ? end_++ : end_ + behind;
  queue_.emplace(place, NatsMessage{kInboundSubject, receipt.json(), receipt.event_id, {}, 0});
}

std::size_t Traffic::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::vector<NatsMessage> Traffic::take(std::size_t count) {
  std::vector<NatsMessage> out;
  const std::lock_guard lock(mutex_);
  while (out.size() < count && !queue_.empty()) {
    out.push_back(std::move(queue_.begin()->second));
    queue_.erase(queue_.begin());
  }
  return out;
}

void Traffic::run(const std::stop_token& stop) {
  std::vector<NatsMessage> in_hand;
  auto last = std::chrono::steady_clock::now();
  double due = 0;
  while (!stop.stop_requested()) {
    beat(kTick);
    const auto now = std::chrono::steady_clock::now();
    due += std::chrono::duration<double>(now - std::exchange(last, now)).count() * static_cast<double>(per_second_);
    if (in_hand.empty()) in_hand = take(std::min(static_cast<std::size_t>(due), per_second_));
    if (in_hand.empty()) {
      due = 0;
      continue;
    }
    try {
      nats_.publish(in_hand);
    } catch (const std::runtime_error&) {
      continue;  // NATS is away: the same ones again at the next tick
    }
    published_ += in_hand.size();
    due -= static_cast<double>(in_hand.size());
    in_hand.clear();
  }
}

}  // namespace dlrgw::test
