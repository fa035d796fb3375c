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

  const auto profile_new = [&](const std::string& operator_id) {
    return s.gateway().run_cli(
        {"profile", "new", operator_id, "--from-database", "--config", s.gateway().config_path()});
  };
  const CliResult result = profile_new("mno-test");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("# Proposed from 12 receipts of mno-test, "));
  EXPECT_THAT(result.out,
              HasSubstr("# 12 of 12 ids are found among those of submit responses when decimal written as hex"));
  EXPECT_THAT(result.out,
              HasSubstr("\nreceipt_id = { base = \"decimal\" }\nsubmit_id = { base = \"hex\", case = \"upper\" }\n"));
  EXPECT_EQ(result.err, "database:13: malformed_json: the payload is not one well-formed JSON text\n");

  const CliResult nothing = profile_new("mno-new");
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_EQ(
      nothing.err,
      "the database holds no receipt of mno-new that was not understood within the last 7 days; capture some into a "
      "file\n");
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 12);
}

TEST(ProfileDatabase, AServerThatIsAwayIsASentence) {
  Scenario s;
  s.postgres().stop();
  const CliResult result =
      s.gateway().run_cli({"profile", "new", "mno-test", "--from-database", "--config", s.gateway().config_path()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("plugin correlate: tool captures: "));
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace dlrgw::test
