// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway check --connect` on real servers: everything that is needed, one line each; what is missing, with what
// to do; and nothing is left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CheckConnect : public testing::Test {
 protected:
  CliResult check(std::map<std::string, std::string> env = {}) {
    return s_.gateway().run_cli({"check", "--connect", "--config", s_.gateway().config_path()}, env);
  }
  // Rows of all tables of the gateway.
  std::string stored() {
    return s_.postgres().value(
        "SELECT sum((xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM dlr.' || tablename, false, true, "
        "'')))[1]::text::bigint) FROM pg_tables WHERE schemaname = 'dlr'");
  }
  Scenario s_;
};

TEST_F(CheckConnect, SaysOfEveryDependencyThatItServesAndLeavesNothingBehind) {
  s_.publish(s_.receipts_for(s_.add_messages(3), "DELIVRD"));
  const auto events = s_.events().size();
  const auto keys = s_.redis().key_count();
  const auto rows = stored();
  const CliResult result = check();
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, Not(HasSubstr("FAIL")));
  for (const char* what :
       {"ok    nats: connected", "ok    nats.publish: ", "ok    nats.subscribe: 64", "ok    nats.stream: SMS_DLR@",
        "ok    nats.consumer: ", "ok    postgresql.svc: PostgreSQL ",
        "ok    postgresql.relay: ", "ok    postgresql.admin: ", "ok    postgresql.portal: ", "ok    postgresql.maint: ",
        "ok    postgresql.indexes: ", "ok    postgresql.schema: ", "ok    postgresql.statements.outbox: ",
        "ok    postgresql.statements.correlate: ", "ok    redis: "})
    EXPECT_THAT(result.out, HasSubstr(what));
  EXPECT_EQ(s_.events().size(), events) << "an event was published";
  EXPECT_EQ(s_.redis().key_count(), keys);
  EXPECT_EQ(s_.nats().consumer_state(kInboundStream, kInboundConsumer)->ack_pending, 0) << "a receipt was pulled";
  EXPECT_EQ(stored(), rows);
  // Beside a gateway that runs, it disturbs nothing.
  s_.gateway().start();
  ASSERT_TRUE(s_.gateway().wait_ready());
  EXPECT_EQ(check().exit_code, 0);
  EXPECT_TRUE(s_.wait_settled());
  EXPECT_EQ(s_.count_by_status()["DELIVERED"], 3);
}

TEST_F(CheckConnect, SaysEverythingThatIsMissingAtOnceAndWhatToDo) {
  s_.postgres().exec(
      "ALTER ROLE dlr_svc BYPASSRLS; ALTER TABLE orch.sms_messages RENAME COLUMN to_addr TO recipient;"
      "REVOKE INSERT ON dlr.delivery_receipts FROM dlr_svc;"
      "DELETE FROM dlr.schema_migrations WHERE owner = 'segments' AND kind = 'tables';"
      "ALTER ROLE dlr_maint PASSWORD 'another'");
  s_.redis().stop();
  const CliResult result = check({{"DLRGW_REPLICA", "7"},
                                  {"DLRGW_S3_ENDPOINT", "http://127.0.0.1:1"},
                                  {"DLRGW_S3_KEY_ID", "k"},
                                  {"DLRGW_S3_SECRET", "s"}});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  for (const char* what :
       {"FAIL  nats.subscribe: may not subscribe to dlr.in.7.0; let the server take what `dlr-gateway provision",
        "FAIL  postgresql.svc: role dlr_svc is a superuser or bypasses row level security",
        "FAIL  postgresql.maint: ", "FAIL  postgresql.schema: the database is behind plugin segments ",
        "FAIL  postgresql.statements.correlate: ", "FAIL  postgresql.statements.outbox: ", "FAIL  redis: ",
        "correct redis_url", "FAIL  s3: ", "ok    nats.publish: ", "ok    postgresql.portal: "})
    EXPECT_THAT(result.out, HasSubstr(what));
}

TEST_F(CheckConnect, LooksAtTheRestWhereAServerIsAway) {
  s_.postgres().stop();
  s_.nats().delete_consumer(kInboundStream, kInboundConsumer);
  const CliResult result = check();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("FAIL  postgresql.svc: "), HasSubstr("ok    redis: "),
                                HasSubstr("FAIL  nats.consumer: "), HasSubstr("run dlr-gateway provision")));
}

}  // namespace
}  // namespace dlrgw::test
