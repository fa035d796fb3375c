// SPDX-License-Identifier: Apache-2.0
// The intake on a real nats-server, as user dlr-processor with its least privileges, and a lane's side of it.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "intake/intake.hpp"
#include "integration/nats_fixture.hpp"

namespace dlrgw::test {

using host::Delivery;
using host::Intake;
using host::IntakeOptions;

class IntakeTest : public NatsFixture {
 protected:
  ~IntakeTest() override { stop_intake(); }

  void start_intake(IntakeOptions wanted = {}) {
    if (connection == nullptr) connection = connect(server.url());
    intake = std::make_unique<Intake>(
        wanted, *connection, clock, log,
        host::IntakeObserver{[this](const std::string&) { ++started; }, [this](const std::string&) { ++disconnected; },
                             [this] { ++reconnected; }});
    intake->start();
  }
  void stop_intake() {
    if (intake != nullptr) intake->stop();
    intake.reset();
    connection.reset();
  }
  bool active() {
    return eventually([this] { return intake->status().active; });
  }
  // The next batch, or nothing when none came.
  std::vector<Delivery> take_from(Intake& from, std::chrono::milliseconds limit = kPatience) {
    std::stop_source stop;
    auto lane = std::async(std::launch::async, [&] { return from.take(stop.get_token()); });
    if (lane.wait_for(limit) == std::future_status::timeout) stop.request_stop();
    return lane.get();
  }
  std::vector<Delivery> take(std::chrono::milliseconds limit = kPatience) { return take_from(*intake, limit); }
  std::vector<Delivery> take_count(Intake& from, std::size_t count) {
    std::vector<Delivery> all;
    while (all.size() < count) {
      auto some = take_from(from);
      if (some.empty()) break;
      std::ranges::move(some, std::back_inserter(all));
    }
    EXPECT_EQ(all.size(), count);
    return all;
  }
  bool is_settled(std::uint64_t up_to) {
    const auto state = server.consumer_state(kInboundStream, kInboundConsumer);
    return state && state->ack_floor >= up_to && state->ack_pending == 0;
  }
  bool settled(std::uint64_t up_to) {
    return eventually([&] { return is_settled(up_to); });
  }

  host::SystemClock clock;
  std::unique_ptr<host::NatsConnection> connection;
  std::unique_ptr<Intake> intake;
  std::atomic<int> started{0}, disconnected{0}, reconnected{0};
};

}  // namespace dlrgw::test
