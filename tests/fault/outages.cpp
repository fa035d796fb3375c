// SPDX-License-Identifier: Apache-2.0
#include "fault/outages.hpp"

#include <gtest/gtest.h>

#include "fault/load.hpp"
#include "support/eventually.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kBefore{5};  // early receipts of these seconds have spent one or both of their look-ups
constexpr seconds kBehind{2};
constexpr milliseconds kCorrelatedAfter = 4s;  // behind the first look-up after the outage, within the 6 s
constexpr std::size_t kOneEarlyIn = 25;
// One report from each lane, the relay's and the supervisor's words at both ends; nothing per second.
constexpr std::size_t kMaxFaultLines = 60;

std::size_t count_for(const OutagePlan& plan, seconds time) {
  return plan.per_second * static_cast<std::size_t>(time.count());
}

struct EarlyLoad {
  std::vector<Message> messages;
  std::vector<Receipt> receipts;
  std::vector<Correlation> missing;  // of the early ones, not inserted yet
};

// One message in kOneEarlyIn has no correlation row; none of those that come behind the outage.
EarlyLoad early_load(Scenario& s, std::size_t count, std::size_t early_until) {
  EarlyLoad load;
  std::vector<Message> early;
  std::vector<Message> known;
  for (std::size_t i = 0; i < count; ++i) {
    load.messages.push_back(random_message(s.rng(), "mno-test"));
    const bool is_early = i % kOneEarlyIn == 0 && i < early_until;
    if (!is_early) {
      known.push_back(load.messages.back());
      continue;
    }
    load.missing.push_back(correlation_of(load.messages.back()));
    early.push_back(load.messages.back());
    early.back().operator_message_id.clear();  // no correlation row
  }
  insert_messages(s.postgres(), known);
  insert_messages(s.postgres(), early);
  load.receipts = final_receipts(s, load.messages);
  return load;
}

std::optional<milliseconds> time_until_degraded(GatewayProcess& gateway, bool degraded) {
  const auto start = std::chrono::steady_clock::now();
  const bool reached = eventually([&] {
    const HttpReply reply = gateway.get("/ready");
    return reply.status == 200 && (reply.body.find("degraded") != std::string::npos) == degraded;
  });
  if (!reached) return std::nullopt;
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

void report(const char* what, const std::optional<milliseconds>& time) {
  testing::Test::RecordProperty(what, time ? std::to_string(time->count()) : "never");
  if (time) std::printf("[          ] %s after %lld ms\n", what, static_cast<long long>(time->count()));
}

void expect_each_counted_once(Scenario& s, std::size_t receipts) {
  const auto outcomes = s.count_by_outcome();
  EXPECT_EQ(outcomes, (std::map<std::string, std::int64_t>{{"applied", static_cast<std::int64_t>(receipts)}}));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_received_total"), static_cast<double>(receipts));
}

}  // namespace

void run_postgres_away(const OutagePlan& plan) {
  Scenario s;
  const std::size_t early_until = count_for(plan, kBefore + plan.away);
  const EarlyLoad load = early_load(s, early_until + count_for(plan, kBehind), early_until);
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  const Publisher publisher(s.nats(), load.receipts, plan.per_second);
  ASSERT_TRUE(eventually([&] { return publisher.published() >= count_for(plan, kBefore); }));
  const std::size_t lines_before = fault_log_lines(s.gateway());

  s.postgres().stop();
  const auto down = time_until_ready_is(s.gateway(), 503);
  report("postgres_away_503", down);
  EXPECT_TRUE(down) << log_summary(s.gateway());
  EXPECT_TRUE(stays([&] { return s.gateway().get("/ready").status != 200 && s.gateway().get("/live").status == 200; },
                    plan.away));
  s.postgres().start();
  const auto started = std::chrono::steady_clock::now();
  const auto up = time_until_ready_is(s.gateway(), 200);
  report("postgres_back_200", up);
  EXPECT_TRUE(up) << log_summary(s.gateway());
  const auto left = kCorrelatedAfter - (std::chrono::steady_clock::now() - started);
  if (left > 0ms) beat(std::chrono::duration_cast<milliseconds>(left));
  insert_correlations(s.postgres(), load.missing);

  ASSERT_TRUE(publisher.wait());
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  expect_each_once(s, load.messages);
  expect_each_counted_once(s, load.receipts.size());
  EXPECT_LE(fault_log_lines(s.gateway()) - lines_before, kMaxFaultLines) << log_summary(s.gateway());
  std::printf("[          ] log lines of the outage: %zu\n", fault_log_lines(s.gateway()) - lines_before);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

void run_nats_away(const OutagePlan& plan) {
  Scenario s;
  const auto messages = s.add_messages(count_for(plan, 4s));
  const auto later = s.add_messages(200);
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  const Publisher publisher(s.nats(), final_receipts(s, messages), plan.per_second);
  ASSERT_TRUE(eventually([&] { return publisher.published() >= messages.size() / 2; }));
  const std::size_t lines_before = fault_log_lines(s.gateway());

  s.nats().kill9();
  const auto down = time_until_ready_is(s.gateway(), 503);
  report("nats_away_503", down);
  EXPECT_TRUE(down) << log_summary(s.gateway());
  EXPECT_TRUE(stays([&] { return s.gateway().get("/ready").status != 200; }, plan.away));
  s.nats().start();
  const auto up = time_until_ready_is(s.gateway(), 200);
  report("nats_back_200", up);
  EXPECT_TRUE(up) << log_summary(s.gateway());

  ASSERT_TRUE(publisher.wait());
  publish_once(s.nats(), final_receipts(s, later), 0, later.size());
  const auto processed = [&] {
    return s.postgres().count(
               "SELECT count(*) FROM dlr.delivery_receipts WHERE message_id IN (SELECT message_id FROM "
               "orch.sms_messages ORDER BY submitted_at DESC LIMIT 200)") == 200;
  };
  EXPECT_TRUE(eventually(processed)) << "receipts behind the outage\n" << log_summary(s.gateway());
  EXPECT_LE(fault_log_lines(s.gateway()) - lines_before, kMaxFaultLines) << log_summary(s.gateway());
  std::printf("[          ] log lines of the outage: %zu\n", fault_log_lines(s.gateway()) - lines_before);
  if (!plan.real_ack_wait) {
    EXPECT_EQ(s.gateway().terminate(), 0);
    expire_ack_wait(s.nats());
    s.gateway().start();
  }
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  std::vector<Message> all = messages;
  all.insert(all.end(), later.begin(), later.end());
  expect_each_once(s, all);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

void run_redis_away(const OutagePlan& plan) {
  Scenario s;
  const auto messages = s.add_messages(count_for(plan, plan.away + 8s));
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  const Publisher publisher(s.nats(), final_receipts(s, messages), plan.per_second);
  ASSERT_TRUE(eventually([&] { return publisher.published() >= count_for(plan, 1s); }));
  const std::size_t lines_before = fault_log_lines(s.gateway());

  s.redis().stop();
  const auto down = time_until_degraded(s.gateway(), true);
  report("redis_away_degraded", down);
  EXPECT_TRUE(down) << log_summary(s.gateway());
  const std::int64_t rows = s.count_rows("dlr.delivery_receipts");
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") > rows; })) << "it goes on without Redis";
  EXPECT_TRUE(stays([&] { return s.gateway().get("/ready").status == 200; }, plan.away));
  s.redis().start();
  const auto up = time_until_degraded(s.gateway(), false);
  report("redis_back_ok", up);
  EXPECT_TRUE(up) << log_summary(s.gateway());

  ASSERT_TRUE(publisher.wait());
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  expect_each_once(s, messages);
  expect_each_counted_once(s, messages.size());
  EXPECT_GT(s.redis().key_count(), 0) << "fingerprints are set again";
  // Idle now: only the probe can notice.
  s.redis().stop();
  EXPECT_TRUE(time_until_degraded(s.gateway(), true)) << "away while idle";
  s.redis().start();
  EXPECT_TRUE(time_until_degraded(s.gateway(), false)) << "back while idle";
  EXPECT_LE(fault_log_lines(s.gateway()) - lines_before, kMaxFaultLines) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), 0);
}

void run_started_before_its_servers() {
  Scenario s;
  const auto messages = s.add_messages(100);
  publish_once(s.nats(), final_receipts(s, messages), 0, messages.size());
  s.postgres().stop();
  s.nats().stop();
  s.redis().stop();
  s.gateway().start();
  ASSERT_TRUE(time_until_ready_is(s.gateway(), 503)) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().get("/live").status, 200);
  s.nats().start();
  EXPECT_TRUE(stays([&] { return s.gateway().get("/ready").status == 503; }, 1s)) << "PostgreSQL is still away";
  s.postgres().start();
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 200)) << log_summary(s.gateway());
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  expect_each_once(s, messages);
  s.redis().start();
  EXPECT_TRUE(time_until_degraded(s.gateway(), false));
  EXPECT_EQ(s.gateway().terminate(), 0);
}

void run_without_a_right() {
  Scenario s;
  const auto messages = s.add_messages(300);
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready());
  s.postgres().exec("REVOKE INSERT ON dlr.delivery_receipts FROM dlr_svc");
  publish_once(s.nats(), final_receipts(s, messages), 0, messages.size());
  EXPECT_TRUE(eventually([&] { return s.gateway().admin_get("/ready").body.find("privilege") != std::string::npos; }))
      << log_summary(s.gateway());
  // Each trial finds the same; the number of log lines stays bounded.
  EXPECT_TRUE(stays([&] { return s.gateway().logs("dlr.dependency.degraded").size() <= 6U; }, 5s));
  s.postgres().exec("GRANT INSERT ON dlr.delivery_receipts TO dlr_svc");
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 200)) << log_summary(s.gateway());
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
  expect_each_once(s, messages);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace dlrgw::test
