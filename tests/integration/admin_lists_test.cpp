// SPDX-License-Identifier: Apache-2.0
// Lists and exports of late, invalid and rejected receipts, of quarantine, audit and a day's receipts: all filtered,
// paged and streamed alike, and nothing private without the scope for it.
#include <algorithm>
#include <map>
#include <set>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"
#include "support/socket.hpp"

namespace dlrgw::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kPhone = "+15550104321";
// Around whatever the test stores now.
constexpr const char* kAround = "from=2026-01-01&to=2027-01-01";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    out.push_back(text.substr(at, end - at));
  return out;
}

class AdminLists : public testing::Test {
 protected:
  HttpReply get(const std::string& target, const std::string& scope = "dlr:admin",
                std::map<std::string, std::string> headers = {}) {
    headers["Authorization"] = "Bearer " + keys_.token(scope);
    return http_send(s_.gateway().admin_address(), {"GET", target, headers, {}}, kPatience);
  }
  std::vector<std::string> exported(const std::string& path, const std::string& more = {},
                                    const std::string& scope = "dlr:admin") {
    const HttpReply reply = get(path + "/export?" + around() + more, scope);
    EXPECT_EQ(reply.status, 200) << path << " " << reply.body;
    return lines_of(reply.body);
  }
  // The day of the test and the one before, whatever the clock of the machine says.
  std::string around() {
    return "from=" + s_.postgres().value("SELECT ((now() - interval '1 day') AT TIME ZONE 'UTC')::date") +
           "&to=" + s_.postgres().value("SELECT ((now() + interval '2 days') AT TIME ZONE 'UTC')::date");
  }
  // Seven of a millisecond; payload is SQL.
  void insert_late_rows(int count, const std::string& payload) {
    s_.postgres().exec(
        "INSERT INTO dlr.late_dlrs SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'mno-x', 'id', "
        "'DELIVERED', now(), 'FAILED', 'UNDELIV', 'terminal_conflict', now(), now() - (g / 7) * interval '1 ms', "
        "gen_random_uuid(), '\\x00', " +
        payload + " FROM generate_series(1, " + std::to_string(count) + ") g");
  }
  AdminKeys keys_;
  Scenario s_{with_keys(keys_)};
};

TEST_F(AdminLists, AreFilteredPagedAndStreamedAlike) {
  const auto messages = s_.add_messages(3);
  ASSERT_TRUE(started(s_));
  auto receipts = s_.receipts_for(messages, "DELIVRD");
  for (Receipt& receipt : receipts) receipt.more = {{"sourceAddr", std::string("\"") + kPhone + "\""}};
  s_.publish(receipts);
  ASSERT_TRUE(settles(s_));
  receipts = s_.receipts_for(messages, "UNDELIV");
  for (Receipt& receipt : receipts) receipt.more = {{"sourceAddr", std::string("\"") + kPhone + "\""}};
  s_.publish(receipts);
  s_.publish_raw({"no json", "neither"});
  ASSERT_TRUE(
      eventually([&] { return s_.count_rows("dlr.invalid_dlrs") == 2 && s_.count_rows("dlr.late_dlrs") == 3; }));
  const std::string operator_id = messages[0].operator_id;

  std::set<std::string> paged;
  std::string cursor, last = "9";
  do {
    const HttpReply page = get("/v1/admin/dlr/late?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_EQ(page.status, 200) << page.body;
    for (const std::string& item : items_of(page.body, "items")) {
      EXPECT_TRUE(paged.insert(json_field(item, "id")).second);
      EXPECT_LE(json_field(item, "receivedAt"), last) << "newest first";
      last = json_field(item, "receivedAt");
    }
    cursor = json_field(page.body, "next");
  } while (cursor != "null");
  EXPECT_THAT(paged, SizeIs(3));
  EXPECT_THAT(items_of(get("/v1/admin/dlr/late?operatorId=" + operator_id + "&kind=terminal_conflict").body, "items"),
              SizeIs(3));
  EXPECT_THAT(items_of(get("/v1/admin/dlr/late?kind=transient").body, "items"), SizeIs(0));
  EXPECT_THAT(items_of(get("/v1/admin/dlr/late?accountId=" + messages[0].account_id).body, "items"), Not(SizeIs(0)));
  EXPECT_THAT(exported("/v1/admin/dlr/late"), SizeIs(3));
  EXPECT_THAT(exported("/v1/admin/dlr/late", "&format=csv"), SizeIs(4));

  const auto invalid = items_of(get("/v1/admin/dlr/invalid?limit=1").body, "items");
  ASSERT_THAT(invalid, SizeIs(1));
  EXPECT_EQ(json_field(invalid[0], "resubmittedAt"), "null");
  const std::string next = json_field(get("/v1/admin/dlr/invalid?limit=1").body, "next");
  EXPECT_THAT(items_of(get("/v1/admin/dlr/invalid?limit=1&cursor=" + next).body, "items"), SizeIs(1));
  EXPECT_THAT(exported("/v1/admin/dlr/invalid"), SizeIs(2));
  EXPECT_THAT(exported("/v1/admin/dlr/rejected"), SizeIs(0));
  EXPECT_THAT(exported("/v1/admin/dlr/quarantine"), SizeIs(0));

  EXPECT_EQ(admin(s_.gateway(), keys_, "POST", "/v1/admin/reload").status, 200);
  EXPECT_EQ(json_field(items_of(get("/v1/admin/audit?actor=" + std::string(kActor)).body, "items").at(0), "actor"),
            kActor);
  EXPECT_THAT(exported("/v1/admin/audit"), SizeIs(1));

  EXPECT_THAT(exported("/v1/admin/receipts", "&operatorId=" + operator_id), SizeIs(3));
  EXPECT_THAT(exported("/v1/admin/receipts", "&operatorId=nobody"), SizeIs(0));
  const auto of_account = exported("/v1/admin/receipts", "&accountId=" + messages[0].account_id);
  ASSERT_THAT(of_account, Not(SizeIs(0)));
  EXPECT_EQ(json_field(of_account[0], "accountId"), messages[0].account_id);

  for (const char* path : {"/v1/admin/dlr/late", "/v1/admin/receipts"}) {
    const std::string more = "&operatorId=" + operator_id;
    for (const std::string& line : exported(path, more)) EXPECT_THAT(line, Not(HasSubstr(kPhone)));
    for (const std::string& line : exported(path, more, "dlr:admin dlr:pii")) EXPECT_THAT(line, HasSubstr(kPhone));
    for (const std::string& line : exported(path, more + "&format=csv", "dlr:admin dlr:pii"))
      EXPECT_THAT(line, Not(HasSubstr(kPhone)));
  }

  const HttpReply packed = get("/v1/admin/dlr/late/export?" + around(), "dlr:admin", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(packed.headers.at("content-encoding"), "gzip");
  EXPECT_THAT(packed.body, StartsWith("\x1F\x8B"));
}

TEST_F(AdminLists, WhatCannotBeMeantIsRefusedWithASentence) {
  ASSERT_TRUE(started(s_));
  const auto refused = [&](const std::string& target) {
    const HttpReply reply = get(target);
    EXPECT_EQ(reply.status, 400) << target << " " << reply.body;
    return json_field(reply.body, "detail");
  };
  for (const char* path : {"/v1/admin/dlr/late", "/v1/admin/dlr/invalid", "/v1/admin/dlr/rejected", "/v1/admin/audit",
                           "/v1/admin/dlr/orphans", "/v1/admin/dlr/quarantine", "/v1/admin/dlr/held",
                           "/v1/admin/outbox", "/v1/admin/receipts", "/v1/admin/reports/daily"}) {
    EXPECT_THAT(refused(path + std::string("?operator=x")), HasSubstr("takes the query parameters")) << path;
  }
  EXPECT_THAT(refused("/v1/admin/dlr/late?limit=1&limit=2"), HasSubstr("each once"));
  EXPECT_THAT(refused("/v1/admin/messages/11111111-2222-4333-8444-555555555555?x=1"), HasSubstr("no query parameters"));
  for (const char* path : {"/v1/admin/dlr/late", "/v1/admin/dlr/invalid", "/v1/admin/dlr/rejected", "/v1/admin/audit",
                           "/v1/admin/dlr/orphans", "/v1/admin/dlr/quarantine", "/v1/admin/receipts"}) {
    const std::string target = std::string(path) + "/export?";
    EXPECT_THAT(refused(target), HasSubstr("give \"from\" and \"to\"")) << path;
    EXPECT_THAT(refused(target + "from=2026-02-01&to=2026-01-01"), HasSubstr("must be before")) << path;
    EXPECT_THAT(refused(target + "from=2016-02-01&to=2026-01-01"), HasSubstr("more than 366 days")) << path;
    EXPECT_THAT(refused(target + "from=2199-02-01&to=2199-03-01"), HasSubstr("in the future")) << path;
    EXPECT_THAT(refused(target + "from=2026-01-01&to=2026-02-01&format=xml"), HasSubstr("ndjson")) << path;
    EXPECT_EQ(s_.gateway().admin_get(target + kAround).status, 401) << path;
    EXPECT_EQ(get(target + kAround, "dlr:pii").status, 403) << path;
  }
  EXPECT_THAT(refused("/v1/admin/receipts/export?" + around()), HasSubstr("too much"));
  s_.postgres().stop();
  EXPECT_EQ(get("/v1/admin/dlr/late").status, 503);
}

// A client that leaves ends the stream, and is nobody's fault; one that stays gets all of it, in the order of time.
TEST_F(AdminLists, AnExportThatIsCutOffEndsAndTheNextIsWhole) {
  constexpr int kRows = 20'000;
  insert_late_rows(kRows, "'{}'");
  s_.postgres().exec(
      "INSERT INTO dlr.delivery_receipts (filed_under, message_id, segment_index, state_key, account_id, operator_id, "
      "operator_message_id, dlr_status, received_at, processed_at, event_id, fingerprint, raw_payload) SELECT now(), "
      "gen_random_uuid(), 1, 'T', gen_random_uuid(), 'mno-x', 'id', 'DELIVERED', now(), now() - (g / 7) * interval '1 "
      "s', gen_random_uuid(), '\\x00', '{}' FROM generate_series(1, " +
      std::to_string(kRows) + ") g");
  ASSERT_TRUE(started(s_));
  for (const std::string path : {"/v1/admin/dlr/late", "/v1/admin/receipts"}) {
    const std::string target = path + "/export?" + around() + "&operatorId=mno-x";
    const std::string address = s_.gateway().admin_address();
    {
      const Socket leaves("127.0.0.1", static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))),
                          20s);
      leaves.send("GET " + target + " HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + keys_.token() + "\r\n\r\n");
      EXPECT_THAT(leaves.receive(), StartsWith("HTTP/1.1 200"));
    }
    const auto lines = lines_of(get(target).body);
    EXPECT_THAT(lines, SizeIs(kRows)) << path;
    EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end(), [&](const std::string& a, const std::string& b) {
      const char* at = path == "/v1/admin/receipts" ? "processedAt" : "receivedAt";
      return json_field(a, at) < json_field(b, at);
    })) << path;
    EXPECT_THAT(std::set<std::string>(lines.begin(), lines.end()), SizeIs(kRows)) << "each once";
  }
  EXPECT_EQ(s_.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
}

TEST_F(AdminLists, WithoutARangeTheyAreOfEverythingAndWithOneOfThat) {
  s_.postgres().exec(
      "INSERT INTO dlr.quarantined_dlrs SELECT gen_random_uuid(), 'mno-x', 'id', gen_random_uuid(), gen_random_uuid(), "
      "'DELIVERED', now(), now(), '2026-01-01T00:00:00Z'::timestamptz + g * interval '1 day', '{}', '\\x00', '\\x00', "
      "gen_random_uuid() FROM generate_series(0, 4) g");
  ASSERT_TRUE(started(s_));
  for (const char* path : {"/v1/admin/dlr/late", "/v1/admin/dlr/invalid", "/v1/admin/dlr/rejected", "/v1/admin/audit",
                           "/v1/admin/dlr/orphans", "/v1/admin/dlr/quarantine"}) {
    EXPECT_EQ(get(path).status, 200) << path;
    EXPECT_EQ(get(path + std::string("?from=2026-01-02&to=2026-01-04")).status, 200) << path;
    EXPECT_EQ(get(path + std::string("?from=2026-01-04&to=2026-01-02")).status, 400) << path;
    EXPECT_EQ(get(path + std::string("?from=soon")).status, 400) << path;
  }
  const std::string quarantine = "/v1/admin/dlr/quarantine";
  EXPECT_THAT(items_of(get(quarantine).body, "items"), SizeIs(5));
  EXPECT_THAT(items_of(get(quarantine + "?from=2026-01-02").body, "items"), SizeIs(4));
  EXPECT_THAT(items_of(get(quarantine + "?to=2026-01-02").body, "items"), SizeIs(1)) << "the end is excluded";
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const HttpReply page = get(quarantine + "?from=2026-01-02&to=2026-01-04&limit=1" +
                               (cursor.empty() ? std::string() : "&cursor=" + cursor));
    for (const std::string& item : items_of(page.body, "items")) seen.push_back(json_field(item, "receivedAt"));
    cursor = json_field(page.body, "next");
  } while (!cursor.empty() && cursor != "null");
  EXPECT_THAT(seen, testing::ElementsAre(StartsWith("2026-01-03"), StartsWith("2026-01-02"))) << "of the range alone";
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep what was freed
// VmRSS: of the process now; VmHWM: at most so far.
double mebibytes(int pid, std::string_view of) {
  for (const std::string& line : lines_of(read_file("/proc/" + std::to_string(pid) + "/status")))
    if (line.starts_with(of)) return std::stod(line.substr(of.size())) / 1024;
  return 0;
}

TEST_F(AdminLists, AnExportOfManyRowsTakesNoMemoryForThemAndLeavesNoQueryBehind) {
  constexpr int kRows = 200'000;
  insert_late_rows(kRows, "convert_to(repeat('x', 800), 'UTF8')");
  ASSERT_TRUE(started(s_));
  const std::string request = "GET /v1/admin/dlr/late/export?" + around() +
                              " HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nAuthorization: Bearer " +
                              keys_.token("dlr:admin dlr:pii") + "\r\n\r\n";
  const std::string address = s_.gateway().admin_address();
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  const double before = mebibytes(s_.gateway().pid(), "VmRSS:");
  const Socket whole("127.0.0.1", port, kPatience);
  whole.send(request);
  std::int64_t lines = 0;
  double streamed = 0;
  std::string end;
  for (std::string part = whole.receive(); !part.empty(); part = whole.receive()) {
    streamed += static_cast<double>(part.size()) / 1024 / 1024;
    for (std::size_t at = 0; (at = part.find("}\n", at)) != std::string::npos; ++at) ++lines;
    end = (end + part).substr(std::max<std::size_t>(end.size() + part.size(), 16) - 16);
  }
  EXPECT_THAT(end, EndsWith("0\r\n\r\n")) << "ended, not cut";
  EXPECT_GE(lines, kRows - kRows / 100) << "an end of a line may stand between two parts";
  EXPECT_GT(streamed, 200);
  EXPECT_LT(mebibytes(s_.gateway().pid(), "VmHWM:") - before, streamed / 5);

  {
    const Socket leaves("127.0.0.1", port, kPatience);
    leaves.send(request);
    EXPECT_THAT(leaves.receive(), StartsWith("HTTP/1.1 200"));
  }
  const auto newest = [&] {  // when the last query of an export began
    return s_.postgres().value(
        "SELECT max(query_start) FROM pg_stat_activity WHERE usename = 'dlr_admin' AND query LIKE '%late\\_dlrs%'");
  };
  EXPECT_TRUE(eventually([&] {
    const std::string was = newest();
    return stays([&] { return newest() == was; });
  })) << "it goes on reading for a client that has left";
  EXPECT_EQ(s_.postgres().count("SELECT count(*) FROM pg_stat_activity WHERE usename = 'dlr_admin' AND xact_start IS "
                                "NOT NULL"),
            0);
  EXPECT_EQ(s_.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
}
#endif

}  // namespace
}  // namespace dlrgw::test
