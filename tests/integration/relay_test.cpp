// The relay when one subject cannot be published: it backs off alone, the others go on, and nothing is lost or sent
// twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

TEST(Us009Relay, ASubjectWithoutAStreamHoldsUpNoOther) {
  Scenario s;
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched"});
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(2000);
  Publisher publisher(s.nats(), final_receipts(s, messages), 500);
  std::int64_t longest_other = 0;
  while (!publisher.done()) {
    longest_other = std::max(longest_other,
                             s.postgres().count("SELECT count(*) FROM dlr.outbox WHERE subject <> 'billing.events'"));
    poll_pause(50ms);
  }
  ASSERT_TRUE(reaches(s.gateway(), "dlr_received_total", {}, 2000));
  ASSERT_TRUE(eventually(
      [&] { return s.postgres().count("SELECT count(*) FROM dlr.outbox WHERE subject <> 'billing.events'") == 0; },
      10s));
  EXPECT_LT(longest_other, 1000) << "a second's worth: the backlog of billing.events slows nobody";
  EXPECT_EQ(s.count_rows("dlr.outbox"), 2000);
  EXPECT_EQ(s.events_by_message("webhook.dispatch").size(), 2000U);
  EXPECT_EQ(s.events_by_message("sms.dlr.aggregated.v1").size(), 2000U);
  EXPECT_TRUE(s.events("billing.events").empty());
  const auto failures = lines_with(s.gateway(), "dlr.outbox.publish_failed", "subject", "billing.events");
  EXPECT_GE(failures.size(), 1U);
  EXPECT_LE(failures.size(), 7U) << "once per step of the back-off";
  EXPECT_EQ(s.gateway().logs("dlr.outbox.publish_failed").size(), failures.size()) << "no other subject failed";
  EXPECT_EQ(s.gateway().get("/ready").status, 200);

  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched", "billing.events"});
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
}

}  // namespace
}  // namespace dlrgw::test
