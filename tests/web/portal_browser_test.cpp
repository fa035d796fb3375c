// US-020 the message page in a real browser: portal.mjs looks, this prepares the gateway and the messages.
#include <cstdlib>

#include <gtest/gtest.h>

#include "integration/admin_support.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

// A message of so many segments whose ids at the operator are "<message id>-<segment>".
Message of_segments(Scenario& s, int count, const std::string& account_id) {
  Message message = random_message(s.rng(), "mno-test");
  message.segment_count = count;
  message.operator_message_id.clear();
  if (!account_id.empty()) message.account_id = account_id;
  insert_messages(s.postgres(), {message});
  for (int i = 1; i <= count; ++i)
    insert_correlations(s.postgres(), {{message.operator_id, message.message_id + "-" + std::to_string(i),
                                        message.message_id, i, count}});
  return message;
}

Receipt receipt(Scenario& s, Message message, int segment, const std::string& stat, const std::string& error_code) {
  message.operator_message_id = message.message_id + "-" + std::to_string(segment);
  Receipt out = s.receipt_for(message, stat);
  out.error_code = error_code;
  return out;
}

std::vector<std::string> environment(const std::map<std::string, std::string>& more) {
  std::vector<std::string> out;
  for (const char* name : {"PATH", "HOME", "TMPDIR"})
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  for (const auto& [name, value] : more) out.push_back(name + "=" + value);
  return out;
}

TEST(Us020Browser, OwnAndForeignMessage) {
  const AdminKeys keys;
  Scenario s(with_keys(
      keys, shipped_config({{"grace = \"24h\"", "grace = \"2s\""}, {"sweep_every = \"5m\"", "sweep_every = \"1s\""}})));
  const Message own = of_segments(s, 5, {});
  const Message sent = of_segments(s, 1, own.account_id);
  const Message foreign = of_segments(s, 1, {});
  ASSERT_TRUE(started(s));
  s.publish({receipt(s, own, 1, "DELIVRD", "000"), receipt(s, own, 2, "UNDELIV", "011"),
             receipt(s, own, 3, "ACCEPTD", {}), receipt(s, foreign, 1, "DELIVRD", {})});
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.message_aggregates") == 1; }, 20s)) << "the sweep gives up";
  s.publish({receipt(s, own, 4, "DELIVRD", {})});
  ASSERT_TRUE(settles(s));

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
  EXPECT_EQ(run_to_end(look, 120s), 0) << read_file(look.stdout_path);
}

}  // namespace
}  // namespace dlrgw::test
