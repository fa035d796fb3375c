// kill -9 at each fail point, at its 1st to 4th hit, under a trickle of receipts; restarted each time. Whatever the
// moment, each receipt ends as one row and each message as one set of events.
#include <algorithm>

#include <gtest/gtest.h>

#include "fault/load.hpp"
#include "support/eventually.hpp"
#include "support/json.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReceipts = 1'000;
constexpr std::size_t kBefore = 60;  // waiting when a gateway starts …
constexpr std::size_t kChunk = 10;   // … and what follows while it runs
constexpr int kHits = 4;
constexpr int kKilled = 128 + 9;

std::int64_t processed_lines(const GatewayProcess& gateway, const std::string& outcome) {
  const auto lines = gateway.logs("dlr.processed");
  return std::ranges::count_if(lines, [&](const auto& line) { return json_field(line, "outcome") == outcome; });
}

class KillPoints : public testing::TestWithParam<const char*> {};

TEST_P(KillPoints, EachReceiptOnceWhereverItDies) {
  ScenarioOptions options;
  options.gateway.config_text =
      shipped_config({{"batch_max = 256", "batch_max = 16"}});  // many batches of few receipts
  Scenario s(std::move(options));
  const auto messages = s.add_messages(kReceipts);
  const auto receipts = final_receipts(s, messages);
  std::size_t next = 0;
  const auto publish = [&](std::size_t count) {
    publish_once(s.nats(), receipts, next, next + count);
    next = std::min(next + count, receipts.size());
  };

  for (int hit = 1; hit <= kHits; ++hit) {
    publish(kBefore);
    s.gateway().start(std::string(GetParam()) + ":" + std::to_string(hit));
    const std::size_t until = std::min(receipts.size(), next + kReceipts / kHits - kBefore);
    while (s.gateway().running() && next < until) {
      publish(kChunk);
      poll_pause(20ms);
    }
    ASSERT_EQ(s.gateway().wait_exit(20s), kKilled) << GetParam() << " was not reached a " << hit << ". time\n"
                                                   << log_summary(s.gateway());
    expire_ack_wait(s.nats());
  }
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  publish(receipts.size() - next);
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  expect_each_once(s, messages);
  // Killed behind the commit and before the answer: those receipts did come again, or this proves nothing.
  if (std::string(GetParam()) == "host.after_commit") {
    EXPECT_GT(processed_lines(s.gateway(), "redelivered"), 0);
  }
  EXPECT_EQ(s.gateway().terminate(), 0);
}

INSTANTIATE_TEST_SUITE_P(FailPoints, KillPoints,
                         testing::Values("dedup.after_lock", "host.before_commit", "host.after_commit",
                                         "dedup.before_redis_set", "host.after_ack", "outbox.before_delete"),
                         [](const auto& point) {
                           std::string name = point.param;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace dlrgw::test
