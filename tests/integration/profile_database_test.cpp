// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway profile new --from-database`: what the gateway has put aside, beside the ids that were submitted,
// becomes a profile; nothing is written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/orphan_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

std::string upper_hex(int number) {
  char text[16];
  std::snprintf(text, sizeof text, "%X", static_cast<unsigned>(number));
  return text;
}

CliResult profile_new(Scenario& s, const std::string& operator_id) {
  return s.gateway().run_cli({"profile", "new", operator_id, "--from-database", "--config", s.gateway().config_path()},
                             {});
}

TEST(ProfileDatabase, OrphansAndSubmittedIdsMakeAProfile) {
  Scenario s;
  std::vector<Message> messages;
  for (int i = 0; i < 12; ++i) {
    Message message = random_message(s.rng(), "mno-test");
    message.operator_message_id = upper_hex(0x1C54BD63 + 7919 * i);
    messages.push_back(message);
    Receipt receipt;
    receipt.event_id = random_uuid(s.rng());
    receipt.operator_id = "mno-test";
    receipt.operator_message_id = std::to_string(0x1C54BD63 + 7919 * i);
    receipt.raw_stat = "DELIVRD";
    insert_orphan(s, receipt, rfc3339_now(-std::chrono::minutes(i + 1)));
  }
  insert_messages(s.postgres(), messages);
  s.postgres().exec(
      "INSERT INTO dlr.invalid_dlrs (stream_identity, stream_seq, kind, reason, operator_id, received_at, payload) "
      "VALUES ('test', 1, 'invalid', 'malformed_json', 'mno-test', now(), 'no\nJSON'),"
      "       ('test', 2, 'invalid', 'malformed_json', 'mno-other', now(), 'no JSON either')");

  const CliResult result = profile_new(s, "mno-test");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("# Proposed from 12 receipts of mno-test, "));
  EXPECT_THAT(result.out,
              HasSubstr("# 12 of 12 ids are found among those of submit responses when decimal written as hex"));
  EXPECT_THAT(result.out,
              HasSubstr("\nreceipt_id = { base = \"decimal\" }\nsubmit_id = { base = \"hex\", case = \"upper\" }\n"));
  EXPECT_EQ(result.err, "database:13: malformed_json: the payload is not one well-formed JSON text\n");

  const CliResult nothing = profile_new(s, "mno-new");
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_EQ(
      nothing.err,
      "the database holds no receipt of mno-new that was not understood within the last 7 days; capture some into a "
      "file\n");
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 12);
}

// What the gateway itself puts aside: receipts whose texts it cannot read, which it refuses, and statuses that nobody
// has mapped. More of them than show how ids are spelled.
TEST(ProfileDatabase, RefusedReceiptsAndUnknownStatusesMakeAProfile) {
  constexpr int kRefused = 150;
  Scenario s;
  ASSERT_TRUE(started(s));
  std::vector<Message> messages;
  std::vector<Receipt> receipts;
  for (int i = 0; i < kRefused; ++i) {
    Message message = random_message(s.rng(), "mno-refused");
    message.operator_message_id = upper_hex(0x1C54BD63 + 7919 * i);
    messages.push_back(message);
    Receipt receipt;
    receipt.event_id = random_uuid(s.rng());
    receipt.operator_id = "mno-refused";
    receipt.more.emplace_back("rawReceipt",
                              "\"MsgId=n1-" + std::to_string(0x1C54BD63 + 7919 * i) + ";Status=DELIVRD;Error=0\"");
    receipts.push_back(receipt);
  }
  insert_messages(s.postgres(), messages);
  const auto parked = s.add_messages(5, "mno-unmapped");
  for (const Receipt& receipt : s.receipts_for(parked, "DELIVERD")) receipts.push_back(receipt);
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  ASSERT_EQ(s.count_rows("dlr.invalid_dlrs"), kRefused);

  const CliResult refused = profile_new(s, "mno-refused");
  EXPECT_EQ(refused.exit_code, 0) << refused.err;
  EXPECT_THAT(refused.out, HasSubstr("# Read completely: 0 without a profile, 150 with this one.\n"));
  EXPECT_THAT(refused.out,
              HasSubstr("# 150 of 150 ids are found among those of submit responses by their part in ( )"));
  EXPECT_THAT(refused.out, HasSubstr("\nid_pattern = '^n[0-9]+\\-(.+)$'\n"));
  EXPECT_THAT(refused.out, HasSubstr("submit_id = { base = \"hex\", case = \"upper\" }"));
  EXPECT_THAT(refused.out, HasSubstr("labels = { err = \"Error\", id = \"MsgId\", stat = \"Status\", assign = \"=\""));

  const CliResult unmapped = profile_new(s, "mno-unmapped");
  EXPECT_THAT(unmapped.out, HasSubstr("# Proposed from 5 receipts of mno-unmapped, "));
  EXPECT_THAT(unmapped.out, HasSubstr("\n\"DELIVERD\" = \"DELIVERED\"\n"));
}

TEST(ProfileDatabase, AServerThatIsAwayIsASentence) {
  Scenario s;
  s.postgres().stop();
  const CliResult result = profile_new(s, "mno-test");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("plugin correlate: tool captures: "));
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace dlrgw::test
