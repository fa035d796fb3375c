// SPDX-License-Identifier: Apache-2.0
// What waits in the outbox, as an operator sees it: single events, whatever shares a row with them.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kDamaged =
    "INSERT INTO dlr.outbox (subject, event_count, events, created_at) "
    "VALUES ('webhook.dispatch', 1, '{}', now())";

class OutboxList : public testing::Test {
 protected:
  OutboxList() : s_(with_keys(keys_)) {}
  HttpReply get(const std::string& target, const std::string& scope = "dlr:admin") {
    return http_send(s_.gateway().admin_address(),
                     {"GET", target, {{"Authorization", "Bearer " + keys_.token(scope)}}, {}});
  }
  AdminKeys keys_;
  Scenario s_;
};

TEST_F(OutboxList, ShowsSingleEventsAndTheRowThatCannotBeRead) {
  s_.postgres().exec(kDamaged);
  s_.postgres().exec("REVOKE DELETE ON dlr.outbox FROM dlr_relay");  // so that the events stay
  const auto messages = s_.add_messages(3);
  ASSERT_TRUE(started(s_));
  s_.publish(s_.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return s_.count_rows("dlr.outbox_events") == 9; }));

  const HttpReply all = get("/v1/admin/outbox");
  ASSERT_EQ(all.status, 200) << all.body;
  const auto items = items_of(all.body, "items");
  ASSERT_EQ(items.size(), 10U);
  EXPECT_EQ(
      std::ranges::count_if(items, [](const std::string& item) { return json_field(item, "readable") == "false"; }), 1);
  EXPECT_EQ(json_field(all.body, "next"), "null");
  const auto billing = items_of(get("/v1/admin/outbox?subject=billing.events").body, "items");
  EXPECT_EQ(billing.size(), 3U);
  std::set<std::string> paged;
  std::string cursor;
  do {
    const HttpReply page = get("/v1/admin/outbox?limit=1" + (cursor.empty() ? cursor : "&cursor=" + cursor));
    ASSERT_EQ(page.status, 200) << page.body;
    for (const std::string& item : items_of(page.body, "items")) paged.insert(json_field(item, "id"));
    cursor = json_field(page.body, "next");
  } while (cursor != "null");
  EXPECT_EQ(paged.size(), 10U) << "page by page the same";

  const auto webhook = items_of(get("/v1/admin/outbox?subject=webhook.dispatch").body, "items");
  const auto one =
      std::ranges::find_if(webhook, [](const auto& item) { return json_field(item, "readable") == "true"; });
  ASSERT_NE(one, webhook.end());
  const std::string path = "/v1/admin/outbox/" + json_field(*one, "id");
  EXPECT_EQ(json_field(get(path).body, "payload"), "null") << "it holds a phone number";
  EXPECT_THAT(get(path, "dlr:admin dlr:pii").body, HasSubstr("\"to\":"));
  EXPECT_EQ(get("/v1/admin/outbox/1/00000000-0000-4000-8000-000000000009").status, 404);
  EXPECT_EQ(get("/v1/admin/outbox/x/y").status, 400);
  EXPECT_EQ(get("/v1/admin/outbox?limit=0").status, 400);
  const HttpReply part = get("/console/outbox");
  EXPECT_THAT(part.body, HasSubstr(json_field(*one, "id")));
  EXPECT_THAT(part.body, HasSubstr("cannot be read"));

  s_.postgres().exec("DELETE FROM dlr.outbox WHERE events::text = '{}'; GRANT DELETE ON dlr.outbox TO dlr_relay");
  ASSERT_TRUE(settles(s_));
  EXPECT_EQ(get(path).status, 404) << "published";
  EXPECT_THAT(get("/console/outbox").body, HasSubstr("No event waits."));
}

}  // namespace
}  // namespace dlrgw::test
