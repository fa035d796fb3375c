// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway trace` and `outbox`: what the admin routes tell, at the command line of the gateway's own host.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class AdminCommands : public testing::Test {
 protected:
  CliResult run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--state-dir", s_.gateway().state_dir()});
    return s_.gateway().run_cli(arguments);
  }
  std::string told(const std::vector<std::string>& arguments) {
    const CliResult done = run(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(done.err, "");
    return done.out;
  }
  std::string refused(const std::vector<std::string>& arguments) {
    const CliResult done = run(arguments);
    EXPECT_EQ(done.exit_code, 1) << done.out;
    EXPECT_EQ(done.out, "");
    return done.err;
  }
  AdminKeys keys_;
  Scenario s_{with_keys(keys_)};
};

TEST_F(AdminCommands, TraceTellsTheStoryOfAMessageAndNothingPrivate) {
  const auto messages = s_.add_messages(2);
  const Message& first = messages[0];
  ASSERT_TRUE(started(s_));
  s_.publish({s_.receipt_for(first, "DELIVRD")});
  ASSERT_TRUE(settles(s_));
  s_.publish({s_.receipt_for(first, "UNDELIV")});
  ASSERT_TRUE(settles(s_));
  const std::string story = told({"trace", first.message_id});
  EXPECT_THAT(story, AllOf(HasSubstr("message " + first.message_id), HasSubstr("status=DELIVERED"),
                           HasSubstr("lateKind=terminal_conflict"), Not(HasSubstr(first.to_addr))));
  EXPECT_LT(story.find("  submitted "), story.find("  applied "));
  EXPECT_LT(story.find("  applied "), story.find("  late "));
  EXPECT_EQ(json_field(told({"trace", first.message_id, "--json"}), "messageId"), first.message_id);

  const std::string found = told({"trace", "--operator", first.operator_id, first.operator_message_id});
  EXPECT_THAT(found, AllOf(HasSubstr("  applied "), HasSubstr("  late "),
                           HasSubstr("the whole story: dlr-gateway trace " + first.message_id)));
  EXPECT_THAT(told({"trace", "--operator", messages[1].operator_id, messages[1].operator_message_id}),
              HasSubstr("the whole story: dlr-gateway trace " + messages[1].message_id))
      << "known, though no receipt has come";

  EXPECT_THAT(refused({"trace", "4711"}), HasSubstr("--operator OPERATOR ID"));
  EXPECT_THAT(refused({"trace", "11111111-2222-4333-8444-555555555555"}), HasSubstr("no table knows a message"));
  EXPECT_THAT(refused({"trace", "--operator", "nobody", "4711"}), HasSubstr("neither a message nor a receipt"));
  EXPECT_THAT(refused({"trace", "--operator", std::string(65, 'x'), "4711"}), HasSubstr("up to 64 characters"));
  EXPECT_THAT(refused({"trace", "--operator", "x", "4711", "--from", "yesterday"}), HasSubstr("are times such as"));
  EXPECT_THAT(refused({"trace", "--operator", "x", "\xFF"}), HasSubstr("percent-encoded UTF-8"));
}

TEST_F(AdminCommands, OutboxTellsWhatWaits) {
  s_.postgres().exec("REVOKE DELETE ON dlr.outbox FROM dlr_relay");  // so that the events stay
  const auto messages = s_.add_messages(3);
  ASSERT_TRUE(started(s_));
  s_.publish(s_.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return s_.count_rows("dlr.outbox_events") == 9; }));
  EXPECT_THAT(told({"outbox", "list"}), HasSubstr("\n9 events\n"));
  const std::string webhooks = told({"outbox", "list", "--subject", "webhook.dispatch"});
  EXPECT_THAT(webhooks, HasSubstr("\n3 events\n"));
  const std::string objects = told({"outbox", "list", "--subject", "billing.events", "--json"});
  EXPECT_EQ(json_field(objects.substr(0, objects.find('\n')), "subject"), "billing.events");
  const std::string event = webhooks.substr(0, webhooks.find(' '));
  EXPECT_THAT(told({"outbox", "show", event}),
              AllOf(HasSubstr("subject  webhook.dispatch\n"), HasSubstr("token with dlr:pii"),
                    Not(HasSubstr(messages[0].to_addr)), Not(HasSubstr(messages[1].to_addr))));
  EXPECT_EQ(json_field(told({"outbox", "show", event, "--json"}), "payload"), "null");

  EXPECT_THAT(refused({"outbox", "show", "4711"}), HasSubstr("`outbox list` names each"));
  EXPECT_THAT(refused({"outbox", "show", "1/00000000-0000-4000-8000-000000000009"}), HasSubstr("does not wait"));
  EXPECT_THAT(refused({"outbox", "list", "--subject", "two words"}), HasSubstr("NATS subject without blanks"));
  s_.postgres().exec("GRANT DELETE ON dlr.outbox TO dlr_relay");
  ASSERT_TRUE(settles(s_));
  EXPECT_EQ(told({"outbox", "list"}), "0 events\n");
}

TEST_F(AdminCommands, WithoutAGatewayTheySayWhatToDo) {
  EXPECT_THAT(refused({"trace", "11111111-2222-4333-8444-555555555555"}),
              ContainsRegex("no gateway answers on .*; start it, or name its state directory with --state-dir"));
  EXPECT_THAT(refused({"outbox", "list"}), HasSubstr("no gateway answers on "));
  ASSERT_TRUE(started(s_));
  s_.postgres().stop();
  EXPECT_THAT(refused({"trace", "11111111-2222-4333-8444-555555555555"}), HasSubstr("PostgreSQL did not answer"));
}

}  // namespace
}  // namespace dlrgw::test
