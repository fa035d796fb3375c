// SPDX-License-Identifier: Apache-2.0
// What a customer's portal may rely on: its pact, against a running gateway with the messages that the pact names.
#include <cstdlib>

#include <gtest/gtest.h>

#include "integration/portal_support.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

constexpr const char* kSeveral = "30000000-0000-4000-8000-000000000001";
constexpr const char* kUnanswered = "30000000-0000-4000-8000-000000000002";
constexpr const char* kForeign = "30000000-0000-4000-8000-000000000003";

TEST(ContractPortal, SegmentVisibilityHonoursThePact) {
  const AdminKeys keys;
  Scenario s(with_keys(keys, impatient()));
  const Message several = sent_in_segments(s, {.segments = 5, .message_id = kSeveral});
  const std::string& account = several.account_id;
  sent_in_segments(s, {.segments = 2, .message_id = kUnanswered, .account_id = account});
  const Message foreign = sent_in_segments(s, {.message_id = kForeign});
  ASSERT_TRUE(started(s));
  s.publish({segment_receipt(s, foreign, 1, "DELIVRD")});
  ASSERT_TRUE(give_up(s, several));

  const TempDir dir;
  for (const char* mode : {"", "--wrong"}) {
    SpawnOptions verify;
    verify.argv = {"node", DLRGW_CONTRACT_DIR "/verify_portal.mjs", "http://" + s.gateway().public_address()};
    if (*mode != '\0') verify.argv.emplace_back(mode);
    for (const char* name : {"PATH", "HOME", "TMPDIR"})
      if (const char* value = std::getenv(name)) verify.env.push_back(std::string(name) + "=" + value);
    verify.env.push_back("DLRGW_PORTAL_TOKEN=" + keys.account_token(account));
    verify.env.emplace_back("PACT_DO_NOT_TRACK=1");
    verify.stdout_path = dir.path() + "/output" + mode;
    EXPECT_EQ(run_to_end(verify), 0) << read_file(verify.stdout_path);
  }
}

}  // namespace
}  // namespace dlrgw::test
