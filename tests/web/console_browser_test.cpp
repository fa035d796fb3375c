// SPDX-License-Identifier: Apache-2.0
// The console in a real browser: console.mjs looks and clicks, this prepares the gateway and keeps receipts coming.
#include <chrono>
#include <cstdlib>
#include <future>

#include <gtest/gtest.h>

#include "integration/portal_support.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReceiptsAtOnce = 30;
constexpr auto kTick = 200ms;
constexpr const char* kOperator = "mno-shares";
constexpr std::size_t kDelivered = 4, kLate = 2, kUnknown = 3, kOrphans = 1;  // ten in all

// Ten receipts of kOperator.
void deliver_shares(Scenario& s) {
  const auto delivered = s.add_messages(kDelivered, kOperator);
  auto receipts = s.receipts_for(delivered, "DELIVRD");
  const auto open = s.receipts_for(s.add_messages(kUnknown, kOperator), "ENROUTE");
  receipts.insert(receipts.end(), open.begin(), open.end());
  for (std::size_t i = 0; i < kOrphans; ++i)
    receipts.push_back(s.receipt_for(random_message(s.rng(), kOperator), "DELIVRD"));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  s.publish(s.receipts_for({delivered.begin(), delivered.begin() + kLate}, "UNDELIV"));
  ASSERT_TRUE(settles(s));
}

TEST(ConsoleBrowser, ShowsThePipelineAndSwitchesItUnderTraffic) {
  const AdminKeys keys;
  Scenario s(with_keys(keys, shipped_config({{"retry_delay = \"3s\"", "retry_delay = \"200ms\""}})));
  ASSERT_TRUE(started(s));
  Message lost = random_message(s.rng(), "mno-test");
  Message ended = random_message(s.rng(), "mno-test");
  ended.status = "DELIVERED";
  ended.age = 80h;
  insert_messages(s.postgres(), {ended});
  s.postgres().exec("UPDATE orch.sms_messages SET processed_at = now() - interval '3 days' WHERE message_id = '" +
                    ended.message_id + "'");
  Receipt stale = s.receipt_for(ended, "DELIVRD");
  stale.dlr_timestamp = rfc3339_now(-72h);
  s.publish({s.receipt_for(lost, "DELIVRD"), stale});
  ASSERT_TRUE(settles(s));
  ASSERT_EQ(s.count_rows("dlr.orphan_dlrs"), 1);
  ASSERT_EQ(s.count_rows("dlr.quarantined_dlrs"), 1);
  insert_messages(s.postgres(), {lost});  // now it could be found

  ASSERT_NO_FATAL_FAILURE(deliver_shares(s));

  const TempDir dir;
  SpawnOptions look;
  look.argv = {"node", "--test", "--test-reporter=tap", DLRGW_WEB_DIR "/console.mjs"};
  for (const char* name : {"PATH", "HOME", "TMPDIR"})
    if (const char* value = std::getenv(name)) look.env.push_back(std::string(name) + "=" + value);
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"DLRGW_CHROMIUM", DLRGW_CHROMIUM},
                                          {"DLRGW_WEB_URL", "http://" + s.gateway().admin_address()},
                                          {"DLRGW_WEB_TOKEN", keys.token()},
                                          {"DLRGW_WEB_MESSAGE", ended.message_id},
                                          {"DLRGW_WEB_OPERATOR", kOperator},
                                          {"DLRGW_WEB_ORPHAN", lost.operator_message_id},
                                          {"DLRGW_WEB_STALE", ended.operator_message_id},
                                          {"DLRGW_WEB_SCREENSHOTS", DLRGW_WEB_DIR "/screenshots"}})
    look.env.push_back(name + "=" + value);
  look.stdout_path = dir.path() + "/output";
  // Receipts come for as long as it looks, however long that is.
  auto looked = std::async(std::launch::async, [&look] { return run_to_end(look, 3 * kPatience); });
  std::size_t receipts = 0;
  for (; looked.wait_for(kTick) != std::future_status::ready; receipts += kReceiptsAtOnce)
    s.publish(s.receipts_for(s.add_messages(kReceiptsAtOnce), "DELIVRD"));
  EXPECT_EQ(looked.get(), 0) << read_file(look.stdout_path);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'DELIVERED'"),
            static_cast<std::int64_t>(receipts + kDelivered) + 2)
      << "no receipt was lost while the stage was switched";
  const auto audited = audit_rows(s);
  for (const char* action :
       {"stage.disable stage dedup.fingerprint", "stage.enable stage dedup.fingerprint", "config.reload"})
    EXPECT_TRUE(std::any_of(audited.begin(), audited.end(), [&](const std::string& row) {
      return row.find(action) != std::string::npos;
    })) << action;
}

}  // namespace
}  // namespace dlrgw::test
