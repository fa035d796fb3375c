// Two lanes on one message, and a stream that is delivered a second time.
#include <gtest/gtest.h>

#include "fault/load.hpp"
#include "support/eventually.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPairs = 500;
constexpr std::size_t kSettledBefore = 2'000;

TEST(TwoOfAMessage, OnTwoLanesOneIsFinalAndOneIsLate) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"batch_max = 256", "batch_max = 1"}});  // neighbours on other lanes
  Scenario s(std::move(options));
  const auto messages = s.add_messages(kPairs);
  std::vector<Receipt> receipts;
  for (const Message& message : messages) {
    receipts.push_back(s.receipt_for(message, "UNDELIV"));
    receipts.push_back(s.receipt_for(message, "DELIVRD"));
  }
  publish_once(s.nats(), receipts, 0, receipts.size());  // waiting: every pair is in work at the same time
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());

  const auto pairs = static_cast<std::int64_t>(kPairs);
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", pairs}, {"late", pairs}}));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), pairs);
  EXPECT_EQ(s.count_rows("dlr.late_dlrs"), pairs);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages m JOIN dlr.delivery_receipts r USING "
                               "(message_id) JOIN dlr.late_dlrs l USING (message_id) WHERE m.status = r.dlr_status AND "
                               "l.dlr_status <> r.dlr_status AND l.prior_status = r.dlr_status AND l.kind = "
                               "'terminal_conflict'"),
            pairs);
  for (const char* subject : {"billing.events", "webhook.dispatch", "sms.dlr.aggregated.v1"}) {
    const auto events = s.events_by_message(subject);
    EXPECT_EQ(events.size(), kPairs) << subject;
    for (const auto& [message_id, count] : events) EXPECT_EQ(count, 1) << subject << " of " << message_id;
  }
  expect_no_batch_failed(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), 0);
}

// What must not move when everything comes again.
struct Effects {
  std::map<std::string, std::int64_t> rows;
  std::int64_t events = 0;
  std::map<std::string, double> counters;
  bool operator==(const Effects&) const = default;
};

Effects effects_of(Scenario& s) {
  Effects effects;
  for (const Row& row :
       s.postgres().rows("SELECT relname, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) "
                         "AS n FROM dlr.%I', relname), false, true, '')))[1]::text FROM pg_class "
                         "WHERE relnamespace = 'dlr'::regnamespace AND relkind IN ('r', 'p')"))
    effects.rows[row[0]] = std::stoll(row[1]);
  effects.events = static_cast<std::int64_t>(s.events().size());
  const Metrics metrics = s.gateway().metrics();
  for (const char* name :
       {"dlr_billing_events_total", "dlr_webhook_events_total", "dlr_aggregates_total", "dlr_duplicates_total",
        "dlr_dedup_total", "dlr_late_total", "dlr_orphans_total", "dlr_orphan_total", "dlr_quarantined_total",
        "dlr_invalid_total", "dlr_correlation_retry_total", "dlr_outbox_published_total", "dlr_unknown_stat_total"})
    effects.counters[name] = metrics.sum(name);
  effects.counters["applied"] = metrics.sum("dlr_processed_total", {{"outcome", "applied"}});
  return effects;
}

std::string print(const Effects& effects) {
  std::string text = "events " + std::to_string(effects.events);
  for (const auto& [name, count] : effects.rows) text += ", " + name + " " + std::to_string(count);
  for (const auto& [name, value] : effects.counters) text += ", " + name + " " + std::to_string(value);
  return text;
}

TEST(RecreatedConsumer, EverythingComesAgainAndNothingChanges) {
  Scenario s;
  const auto messages = s.add_messages(kSettledBefore);
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  publish_once(s.nats(), final_receipts(s, messages), 0, kSettledBefore);
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  const Effects before = effects_of(s);
  EXPECT_EQ(before.rows.at("delivery_receipts"), static_cast<std::int64_t>(kSettledBefore));
  EXPECT_EQ(before.counters.at("dlr_billing_events_total"), static_cast<double>(kSettledBefore));

  s.nats().delete_consumer(kInboundStream, kInboundConsumer);
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 503, 5s)) << "without a consumer nothing is ready";
  s.gateway().provision();
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 200, 5s)) << log_summary(s.gateway());
  const auto again = [&] {
    return s.gateway().metrics().sum("dlr_processed_total", {{"outcome", "redelivered"}}) >= kSettledBefore;
  };
  EXPECT_TRUE(eventually(again, 30s, 50ms)) << log_summary(s.gateway());
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().metrics().sum("dlr_processed_total", {{"outcome", "redelivered"}}), kSettledBefore);
  const Effects after = effects_of(s);
  EXPECT_TRUE(after == before) << print(before) << "\n" << print(after);
  expect_each_once(s, messages);
  expect_no_batch_failed(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace
}  // namespace dlrgw::test
