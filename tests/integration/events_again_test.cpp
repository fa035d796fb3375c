// SPDX-License-Identifier: Apache-2.0
// docs/events-again.md: what it tells to type, typed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

constexpr const char* kStream = "DLR_EVENTS";

class EventsAgain : public testing::Test {
 protected:
  // "nats://user:password@host:port"
  EventsAgain() {
    const std::string url = s_.nats().admin_url();
    const std::size_t user = url.find("//") + 2, password = url.find(':', user) + 1, at = url.find('@');
    user_ = url.substr(user, password - 1 - user);
    password_ = url.substr(password, at - password);
  }
  // What the lines of the page print, with `rest` behind the script's own arguments.
  CliResult read_again(const std::string& stream, const std::string& from, const std::string& rest,
                       const std::string& password) {
    SpawnOptions options;
    options.argv = {"bash", "-c",
                    "set -o pipefail; export NATS_USER='" + user_ + "' NATS_PASSWORD='" + password +
                        "'; " DLRGW_DOCS_DIR "/examples/read-events-again 127.0.0.1 " +
                        std::to_string(s_.nats().port()) + " " + stream + " billing.events " + from + rest};
    const std::string number = std::to_string(++runs_);
    options.stdout_path = dir_.path() + "/out" + number;
    options.stderr_path = dir_.path() + "/err" + number;
    CliResult out;
    out.exit_code = run_to_end(options);
    out.out = read_file(options.stdout_path);
    out.err = read_file(options.stderr_path);
    return out;
  }
  std::string now() {
    return s_.postgres().value(
        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
  }
  void deliver(const std::vector<Message>& messages) {
    s_.publish(s_.receipts_for(messages, "DELIVRD"));
    ASSERT_TRUE(settles(s_));
    ASSERT_TRUE(eventually([&] { return s_.count_rows("dlr.outbox") == 0; }));
  }
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
      out.push_back(text.substr(at, end - at));
    return out;
  }
  Scenario s_;
  TempDir dir_;
  std::string user_, password_;
  int runs_ = 0;
};

TEST_F(EventsAgain, OfOneAccountFromATimeOnAsOftenAsAnybodyLikes) {
  const auto earlier = s_.add_messages(2), later = s_.add_messages(3);
  ASSERT_TRUE(started(s_));
  ASSERT_NO_FATAL_FAILURE(deliver(earlier));
  const std::string from = now();
  ASSERT_NO_FATAL_FAILURE(deliver(later));

  const CliResult all = read_again(kStream, from, "", password_);
  EXPECT_EQ(all.exit_code, 0) << all.err;
  std::vector<std::string> wanted, found;
  for (const Message& message : later) wanted.push_back(message.message_id);
  for (const std::string& line : lines_of(all.out)) {
    const std::size_t tab = line.find('\t');
    found.push_back(json_field(line.substr(tab + 1), "messageId"));
    EXPECT_EQ(line.substr(0, tab), json_field(line.substr(tab + 1), "eventId"));
  }
  EXPECT_THAT(found, UnorderedElementsAreArray(wanted));
  EXPECT_EQ(read_again(kStream, from, "", password_).out, all.out) << "the same events with the same ids";

  const std::string account = later[0].account_id;
  const CliResult one =
      read_again(kStream, from, " | cut -f 2 | jq -c 'select(.accountId == \"" + account + "\")'", password_);
  EXPECT_EQ(one.exit_code, 0) << one.err;
  EXPECT_THAT(one.out, HasSubstr(later[0].message_id));
  for (const std::string& line : lines_of(one.out)) EXPECT_EQ(json_field(line, "accountId"), account);

  EXPECT_THAT(read_again(kStream, now(), "", password_).out, IsEmpty()) << "nothing since then, and it ends";
  EXPECT_TRUE(eventually([&] { return s_.nats().consumer_names(kStream).empty(); })) << "it leaves nothing behind";
}

TEST_F(EventsAgain, SaysWhyNot) {
  const CliResult nothing = read_again("NO_SUCH", "2026-11-30T10:00:00Z", "", password_);
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("stream not found"));
  EXPECT_THAT(read_again(kStream, "yesterday", "", password_).err, HasSubstr("JetStream answers: "));
  const CliResult stranger = read_again(kStream, "2026-11-30T10:00:00Z", "", "other");
  EXPECT_EQ(stranger.exit_code, 1);
  EXPECT_THAT(stranger.err, HasSubstr("the server refuses: 'Authorization Violation'"));
}

}  // namespace
}  // namespace dlrgw::test
