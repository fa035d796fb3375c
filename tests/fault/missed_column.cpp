// SPDX-License-Identifier: Apache-2.0
#include "fault/missed_column.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "fault/load.hpp"
#include "support/eventually.hpp"

namespace dlrgw::test {

void run_column_missed_by_updates(std::size_t per_second, std::chrono::seconds missed_for) {
  Scenario s;
  const std::size_t share = per_second * static_cast<std::size_t>(missed_for.count()) / 3;
  std::vector<Receipt> receipts = s.receipts_for(s.add_messages(2 * share), "DELIVRD");
  for (const Receipt& receipt : s.receipts_for(s.add_messages(share), "ACCEPTD")) receipts.push_back(receipt);
  std::ranges::shuffle(receipts, s.rng());
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  s.postgres().exec(
      "CREATE FUNCTION orch.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.delivery_status := NEW.dlr_status; "
      "RETURN NEW; END $$; CREATE TRIGGER tell BEFORE UPDATE ON orch.sms_messages FOR EACH ROW EXECUTE FUNCTION "
      "orch.tell()");
  const Publisher traffic(s.nats(), receipts, per_second);
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 503)) << log_summary(s.gateway());
  EXPECT_NE(s.gateway().get("/ready").body.find("postgresql"), std::string::npos);
  ASSERT_TRUE(traffic.wait());
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") > 0; })) << "UNKNOWN commits";
  EXPECT_FALSE(s.count_by_status().contains("DELIVERED"));
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  s.postgres().exec("DROP TRIGGER tell ON orch.sms_messages");
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), static_cast<std::int64_t>(2 * share));
  EXPECT_EQ(s.count_by_status().at("UNKNOWN"), static_cast<std::int64_t>(share));
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_stage_receipts_total", {{"verdict", "retry"}}), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
  EXPECT_EQ(s.events_by_message("billing.events", true).size(), 2 * share);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace dlrgw::test
