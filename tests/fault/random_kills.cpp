// SPDX-License-Identifier: Apache-2.0
#include "fault/random_kills.hpp"

#include <random>

#include <gtest/gtest.h>

#include "fault/load.hpp"
#include "support/eventually.hpp"

namespace dlrgw::test {
namespace {

class RandomKills {
 public:
  explicit RandomKills(const RandomKillsPlan& plan) : plan_(plan) {}

  void run() {
    SCOPED_TRACE("seed " + std::to_string(seed_));
    const auto messages = s_.add_messages(plan_.receipts);
    s_.gateway().start();
    ASSERT_TRUE(s_.gateway().wait_ready());
    const Publisher publisher(s_.nats(), final_receipts(s_, messages), plan_.per_second);
    for (int kill = 0; kill < plan_.kills; ++kill) {
      random_pause();
      fault(kill);
      random_pause();
      ASSERT_TRUE(s_.gateway().running()) << "it ended by itself\n" << log_summary(s_.gateway());
      s_.gateway().kill9();
      if (!plan_.real_ack_wait) expire_ack_wait(s_.nats());
      s_.gateway().start();
    }
    ASSERT_TRUE(publisher.wait());
    if (!plan_.real_ack_wait) {
      ASSERT_TRUE(s_.gateway().wait_ready()) << log_summary(s_.gateway());
      s_.gateway().kill9();
      expire_ack_wait(s_.nats());
      s_.gateway().start();
    }
    ASSERT_TRUE(s_.gateway().wait_ready()) << log_summary(s_.gateway());
    ASSERT_TRUE(s_.wait_settled()) << log_summary(s_.gateway());
    expect_each_once(s_, messages);
    EXPECT_EQ(s_.gateway().terminate(), 0);
  }

 private:
  // Each server fails once, in the middle of the run, while the gateway works.
  void fault(int kill) {
    if (kill == plan_.kills / 4) s_.postgres().restart(PostgresStop::kImmediate);
    if (kill == plan_.kills / 2) {
      s_.nats().stop();
      beat(plan_.nats_away);
      s_.nats().start();
    }
    if (kill == plan_.kills * 3 / 4) s_.redis().flush();
  }

  void random_pause() { beat(std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(50, 900)(rng_))); }

  const RandomKillsPlan plan_;
  const std::uint64_t seed_ = std::random_device{}();
  std::mt19937_64 rng_{seed_};
  Scenario s_;
};

}  // namespace

void run_random_kills(const RandomKillsPlan& plan) { RandomKills(plan).run(); }

}  // namespace dlrgw::test
