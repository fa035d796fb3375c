// SPDX-License-Identifier: Apache-2.0
// US-020 the message page in a real browser: portal.mjs looks, this prepares the gateway and the messages.
#include <cstdlib>

#include <gtest/gtest.h>

#include "integration/portal_support.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> environment(const std::map<std::string, std::string>& more) {
  std::vector<std::string> out;
  for (const char* name : {"PATH", "HOME", "TMPDIR"})
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  for (const auto& [name, value] : more) out.push_back(name + "=" + value);
  return out;
}

TEST(Us020Browser, OwnAndForeignMessage) {
  const AdminKeys keys;
  Scenario s(with_keys(keys, impatient()));
  const Message own = sent_in_segments(s, {.segments = 5});
  const Message sent = sent_in_segments(s, {.account_id = own.account_id});
  const Message foreign = sent_in_segments(s, {});
  ASSERT_TRUE(started(s));
  s.publish({segment_receipt(s, foreign, 1, "DELIVRD")});
  ASSERT_TRUE(give_up(s, own));

  const TempDir dir;
  SpawnOptions look;
  look.argv = {"node", "--test", "--test-reporter=tap", DLRGW_WEB_DIR "/portal.mjs"};
  look.env = environment({{"DLRGW_CHROMIUM", DLRGW_CHROMIUM},
                          {"DLRGW_WEB_URL", "http://" + s.gateway().public_address()},
                          {"DLRGW_WEB_TOKEN", keys.account_token(own.account_id)},
                          {"DLRGW_WEB_OWN", own.message_id},
                          {"DLRGW_WEB_SENT", sent.message_id},
                          {"DLRGW_WEB_FOREIGN", foreign.message_id},
                          {"DLRGW_WEB_UNKNOWN", random_uuid(s.rng())},
                          {"DLRGW_WEB_SCREENSHOTS", DLRGW_WEB_DIR "/screenshots"}});
  look.stdout_path = dir.path() + "/output";
  EXPECT_EQ(run_to_end(look, 3 * kPatience), 0) << read_file(look.stdout_path);
}

}  // namespace
}  // namespace dlrgw::test
