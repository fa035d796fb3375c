// SPDX-License-Identifier: Apache-2.0
// Receipts that cannot be stored for somebody else's reason, while others can: where they wait, for how long, and that
// none of it costs anything.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/long_messages.hpp"
#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

// From now on, whatever is written to messages to this number.
constexpr const char* kRefusedNumber = "+15550100999";

void refuse(Scenario& s) {
  s.postgres().exec(
      std::string(
          "CREATE FUNCTION orch.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not these'; END $$; "
          "CREATE TRIGGER refuse BEFORE UPDATE ON orch.sms_messages FOR EACH ROW WHEN (OLD.to_addr = '") +
      kRefusedNumber + "') EXECUTE FUNCTION orch.refuse()");
}

void allow(Scenario& s) { s.postgres().exec("DROP TRIGGER refuse ON orch.sms_messages"); }

std::vector<Message> refused_messages(Scenario& s, std::size_t count) {
  std::vector<Message> messages;
  for (std::size_t i = 0; i < count; ++i) {
    messages.push_back(random_message(s.rng(), "mno-test"));
    messages.back().to_addr = kRefusedNumber;
  }
  insert_messages(s.postgres(), messages);
  return messages;
}

std::string config(const std::string& hold_after, const std::string& more_from = {}, const std::string& more_to = {}) {
  std::vector<std::pair<std::string, std::string>> changes = {
      {"hold_after = \"1h\"", "hold_after = \"" + hold_after + "\""}};
  if (!more_from.empty()) changes.emplace_back(more_from, more_to);
  return shipped_config(changes);
}

bool holds(Scenario& s, std::int64_t count) {
  return eventually([&] { return s.count_rows("dlr.invalid_dlrs") == count; });
}

TEST(HeldReceipts, AreShownAndOutliveTheStream) {
  AdminKeys keys;
  Scenario s(with_keys(keys, config("1s")));
  refuse(s);
  const auto messages = refused_messages(s, 3);
  const auto others = s.add_messages(50);
  ASSERT_TRUE(started(s));
  const Publisher traffic(s.nats(), s.receipts_for(others, "DELIVRD"), 20);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(holds(s, 3)) << log_summary(s.gateway());
  ASSERT_TRUE(traffic.wait());
  ASSERT_TRUE(settles(s));

  const std::string list = admin(s.gateway(), keys, "GET", "/v1/admin/dlr/held?limit=2").body;
  ASSERT_THAT(items_of(list, "items"), SizeIs(2)) << list;
  const std::string first = items_of(list, "items")[0];
  EXPECT_EQ(json_field(first, "reason"), "environment");
  EXPECT_EQ(json_field(first, "operatorId"), "mno-test");
  EXPECT_THAT(json_field(first, "detail"), HasSubstr("P0001"));
  const std::string rest =
      admin(s.gateway(), keys, "GET", "/v1/admin/dlr/held?limit=2&cursor=" + json_field(list, "next")).body;
  EXPECT_THAT(items_of(rest, "items"), SizeIs(1)) << rest;
  EXPECT_EQ(json_field(rest, "next"), "null");
  EXPECT_EQ(admin(s.gateway(), keys, "GET", "/v1/admin/dlr/held?limit=0").status, 400);
  EXPECT_EQ(admin(s.gateway(), keys, "GET", "/v1/admin/dlr/held?cursor=nonsense").status, 400);
  EXPECT_THAT(admin(s.gateway(), keys, "GET", "/").body, HasSubstr("Table of held receipts"));

  // As after seven days: the stream has forgotten them.
  s.nats().set_inbound_max_age(1s);
  ASSERT_TRUE(eventually([&] { return s.nats().stream_state(kInboundStream)->messages == 0; }));
  allow(s);
  ASSERT_TRUE(holds(s, 0)) << log_summary(s.gateway());
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 53);
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 53}}));
  EXPECT_EQ(s.events_by_message("billing.events", true).size(), 53U);
  EXPECT_THAT(items_of(admin(s.gateway(), keys, "GET", "/v1/admin/dlr/held").body, "items"), SizeIs(0));
}

// 2 % of 20,000 are 400: neither gateway alone leaves so many unacknowledged.
TEST(HeldReceipts, TheirShareIsTheConsumersNotOneGateways) {
  const std::string text = config("1h", "hold_share = 0.25", "hold_share = 0.02");
  ScenarioOptions options;
  options.gateway.config_text = text;
  Scenario s(std::move(options));
  GatewayOptions second;
  second.config_text = text;
  second.replica = 1;
  GatewayProcess other(s.servers(), second);
  refuse(s);
  // Each of those that are refused has others beside it that are not: it is not everybody's trouble.
  std::vector<Receipt> receipts = s.receipts_for(refused_messages(s, 460), "DELIVRD");
  for (const Receipt& receipt : s.receipts_for(s.add_messages(1'840), "DELIVRD")) receipts.push_back(receipt);
  std::ranges::shuffle(receipts, s.rng());
  ASSERT_TRUE(started(s));
  other.start();
  ASSERT_TRUE(other.wait_ready()) << log_summary(other);
  const Publisher traffic(s.nats(), receipts, 150);
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.invalid_dlrs") > 0; }))
      << log_summary(s.gateway()) << log_summary(other);
  ASSERT_TRUE(traffic.wait());
  allow(s);
  ASSERT_TRUE(holds(s, 0));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 2'300);
  EXPECT_EQ(s.events_by_message("billing.events", true).size(), 2'300U);
}

// The message of one held receipt waits for it; those of the same operator are ended by their deadline.
TEST(HeldReceipts, OnlyTheirOwnMessagesAreLeftOutByTheSweep) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"hold_after = \"1h\"", "hold_after = \"1s\""},
                                                {"grace = \"24h\"", "grace = \"5s\""},
                                                {"sweep_every = \"5m\"", "sweep_every = \"1s\""}});
  Scenario s(std::move(options));
  const auto messages = add_long_messages(s, 2, 2);
  const auto others = s.add_messages(200);
  s.postgres().exec(
      "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$; "
      "CREATE TRIGGER refuse BEFORE INSERT ON dlr.segment_dlrs FOR EACH ROW WHEN (NEW.message_id = '" +
      messages[0].message.message_id + "' AND NEW.segment_index = 2) EXECUTE FUNCTION public.refuse()");
  ASSERT_TRUE(started(s));
  const Publisher traffic(s.nats(), s.receipts_for(others, "DELIVRD"), 20);
  s.publish({segment_receipt(s, messages[0], 1, "DELIVRD"), segment_receipt(s, messages[0], 2, "DELIVRD"),
             segment_receipt(s, messages[1], 1, "DELIVRD")});
  ASSERT_TRUE(holds(s, 1)) << log_summary(s.gateway());
  EXPECT_EQ(s.postgres().value("SELECT message_id FROM dlr.invalid_dlrs"), messages[0].message.message_id);
  const auto status = [&](std::size_t i) {
    return lookup(s, "status", "orch.sms_messages", "message_id", messages[i].message.message_id);
  };
  EXPECT_TRUE(eventually([&] { return status(1) == "PARTIAL"; })) << log_summary(s.gateway());
  EXPECT_EQ(status(0), "SUBMITTED") << "its second segment came in time";
  s.postgres().exec("DROP TRIGGER refuse ON dlr.segment_dlrs");
  EXPECT_TRUE(eventually([&] { return status(0) == "DELIVERED"; })) << log_summary(s.gateway());
  ASSERT_TRUE(traffic.wait());
}

}  // namespace
}  // namespace dlrgw::test
