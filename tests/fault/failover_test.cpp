// SPDX-License-Identifier: Apache-2.0
// From a primary to its streaming standby, both real, under load: nothing is lost and no event is sent twice.
#include <set>

#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include "integration/stories_support.hpp"
#include "support/postgres_standby.hpp"

namespace dlrgw::test {
namespace {

constexpr std::size_t kPerSecond = 1000;
constexpr std::size_t kMessages = 12 * kPerSecond;

std::int64_t count_on(const TestStandby& standby, const std::string& sql) {
  pqxx::connection connection(standby.admin_dsn());
  return pqxx::nontransaction(connection).exec(sql)[0][0].as<std::int64_t>();
}

TEST(Failover, ToAStreamingStandbyUnderLoadLosesNothingAndDoublesNothing) {
  Scenario s;
  const auto messages = s.add_messages(kMessages);
  TestStandby standby(s.postgres());
  s.postgres().exec("ALTER SYSTEM SET synchronous_standby_names = '*'");
  s.postgres().exec("SELECT pg_reload_conf()");
  GatewayOptions options;
  options.config_text = shipped_config({{"synchronous_commit = \"on\"", "synchronous_commit = \"remote_apply\""}});
  options.env["DLRGW_PG"] = standby.dsn_of_both();
  GatewayProcess gateway(s.servers(), options);
  gateway.start();
  ASSERT_TRUE(gateway.wait_ready()) << log_summary(gateway);

  Publisher publisher(s.nats(), final_receipts(s, messages), kPerSecond);
  ASSERT_TRUE(reaches(gateway, "dlr_received_total", {}, kMessages / 4.0));
  s.postgres().stop(PostgresStop::kImmediate);
  standby.promote();
  ASSERT_TRUE(publisher.wait());
  ASSERT_TRUE(gateway.wait_ready()) << log_summary(gateway);

  const auto settled = [&] {
    const auto consumer = s.nats().consumer_state(kInboundStream, kInboundConsumer);
    return consumer && consumer->pending == 0 && consumer->ack_pending == 0 &&
           count_on(standby, "SELECT count(*) FROM dlr.outbox") == 0;
  };
  ASSERT_TRUE(eventually(settled)) << log_summary(gateway);
  EXPECT_EQ(count_on(standby, "SELECT count(*) FROM dlr.delivery_receipts"), kMessages);
  EXPECT_EQ(count_on(standby, "SELECT count(DISTINCT message_id) FROM dlr.delivery_receipts"), kMessages);
  EXPECT_EQ(count_on(standby, "SELECT count(*) FROM orch.sms_messages WHERE dlr_status IS NULL"), 0);
  EXPECT_EQ(count_on(standby,
                     "SELECT (SELECT count(*) FROM dlr.late_dlrs) + (SELECT count(*) FROM dlr.invalid_dlrs) + "
                     "(SELECT count(*) FROM dlr.orphan_dlrs)"),
            0);
  for (const char* subject : {"billing.events", "webhook.dispatch", "sms.dlr.aggregated.v1"}) {
    const auto events = s.events(subject);
    std::set<std::string> told;
    for (const CapturedEvent& event : events) EXPECT_TRUE(told.insert(event.message_id).second) << event.message_id;
    EXPECT_EQ(told.size(), kMessages) << subject;
  }
}

}  // namespace
}  // namespace dlrgw::test
