// SPDX-License-Identifier: Apache-2.0
// A gateway and a database of different versions: what does not fit is refused at the start and at a reload with the
// sentence that says which side is behind, and neighbouring versions run side by side.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

// As if this script had come with a package that was installed without running migrate.
constexpr auto kForget = "DELETE FROM dlr.schema_migrations WHERE owner = 'outbox' AND kind = 'tables'";

void add_script(TestPostgres& postgres, const std::string& name, const std::string& min_binary) {
  postgres.exec(
      "INSERT INTO dlr.schema_migrations (owner, name, kind, sha256, version, min_binary, applied_at) VALUES "
      "('host', '" +
      name + "', 'tables', 'x', '98.0.0', '" + min_binary + "', now())");
}

std::string refusal(GatewayProcess& gateway) {
  gateway.start();
  const auto code = gateway.wait_exit();
  EXPECT_EQ(code.value_or(-1), 1) << "it runs on a database that does not fit it";
  return gateway.error_output();
}

TEST(Schema, ThatWasNeverMadeIsRefusedAtTheStart) {
  Servers servers{PostgresOptions{.fast = true, .statement_statistics = false, .settings = {}}};
  servers.postgres.exec("CREATE ROLE dlr_svc LOGIN PASSWORD 'test-DLRGW_PG_SVC_PASSWORD'");
  GatewayProcess gateway(servers);
  const std::string told = refusal(gateway);
  EXPECT_THAT(told, HasSubstr("the database is behind dlr-gateway "));
  EXPECT_THAT(told, HasSubstr("host: tables/005_months.sql and "));
  EXPECT_THAT(told, HasSubstr("the database is behind plugin outbox "));
  EXPECT_THAT(told, HasSubstr("run dlr-gateway migrate"));
}

TEST(Schema, OlderThanThePluginsNeedIsRefusedAtTheStartAndAtAReload) {
  Scenario s;
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready());
  s.postgres().exec(kForget);
  const CliResult reload = s.gateway().run_cli({"reload", "--state-dir", s.gateway().state_dir()});
  EXPECT_EQ(reload.exit_code, 1);
  EXPECT_THAT(reload.err, HasSubstr("the database is behind plugin outbox "));
  // The running pipeline goes on.
  s.publish(s.receipts_for(s.add_messages(10), "DELIVRD"));
  EXPECT_TRUE(s.wait_settled());
  EXPECT_EQ(s.count_by_status()["DELIVERED"], 10);
  EXPECT_EQ(s.gateway().terminate(), 0);
  EXPECT_THAT(refusal(s.gateway()), HasSubstr("the database is behind plugin outbox "));
}

TEST(Schema, OfTheNextVersionRunsUntilItSaysThatItCannot) {
  Scenario s;
  add_script(s.postgres(), "900_added_a_table", "");
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << s.gateway().error_output();
  add_script(s.postgres(), "910_dropped_a_column", "97.1.0");
  const CliResult reload = s.gateway().run_cli({"reload", "--state-dir", s.gateway().state_dir()});
  EXPECT_EQ(reload.exit_code, 1);
  EXPECT_THAT(reload.err,
              HasSubstr("is behind the database: host: tables/910_dropped_a_column.sql needs 97.1.0 or newer; "
                        "upgrade this gateway"));
  EXPECT_EQ(s.gateway().terminate(), 0);
  EXPECT_THAT(refusal(s.gateway()), HasSubstr("upgrade this gateway"));
}

TEST(Schema, IsLookedAtBeforeTheFirstReceiptWhenTheDatabaseComesLater) {
  Scenario s;
  s.postgres().exec("CREATE TABLE public.kept AS SELECT * FROM dlr.schema_migrations");
  s.postgres().exec(kForget);
  s.publish(s.receipts_for(s.add_messages(10), "DELIVRD"));
  s.postgres().stop();
  s.gateway().start();
  ASSERT_TRUE(eventually([&] { return !s.gateway().public_address().empty(); }));
  EXPECT_EQ(s.gateway().get("/live").status, 200) << "a restart would not help";
  s.postgres().start();
  EXPECT_TRUE(eventually([&] {
    return s.gateway().admin_get("/ready").body.find("the database is behind plugin outbox ") != std::string::npos;
  })) << s.gateway().admin_get("/ready").body;
  EXPECT_EQ(s.gateway().get("/ready").status, 503);
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 0);
  s.postgres().exec("INSERT INTO dlr.schema_migrations SELECT * FROM public.kept ON CONFLICT DO NOTHING");
  EXPECT_TRUE(s.gateway().wait_ready());
  EXPECT_TRUE(s.wait_settled());
  EXPECT_EQ(s.count_by_status()["DELIVERED"], 10);
}

}  // namespace
}  // namespace dlrgw::test
