// SPDX-License-Identifier: Apache-2.0
// US-022 what administrators see of the orphans: pages and exports, without numbers unless they may see them.
#include <set>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/orphan_support.hpp"
#include "support/socket.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* kBoth = "dlr:admin dlr:pii";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    out.push_back(text.substr(at, end - at));
  return out;
}

class Us022Export : public testing::Test {
 protected:
  HttpReply get(Scenario& s, const std::string& query, const std::string& scopes = "dlr:admin") {
    return call_with(s.gateway(), keys_, scopes, "GET", "/v1/admin/dlr/orphans" + query);
  }
  // Orphans of one month of long ago, one second apart.
  static std::vector<std::string> old_orphans(Scenario& s, int count) {
    s.postgres().exec("SELECT dlr.make_orphan_partitions('2025-03-01', 2)");
    std::vector<std::string> ids;
    for (const Message& message : strangers(s, static_cast<std::size_t>(count))) {
      Receipt receipt = s.receipt_for(message, "DELIVRD");
      receipt.more = {{"sourceAddr", "\"+15550107777\""}, {"destAddr", "\"=1+15550108888\""}};
      receipt.raw_receipt = "id:1 stat:DELIVRD text:call +15550109999";
      char second[3];
      std::snprintf(second, sizeof second, "%02d", static_cast<int>(ids.size() % 60));
      ids.push_back(insert_orphan(s, receipt, std::string("2025-03-10T12:00:") + second + "Z"));
    }
    return ids;
  }
  static void expect_no_numbers(const std::string& text) {
    for (const char* number : {"15550107777", "15550108888", "15550109999"}) EXPECT_THAT(text, Not(HasSubstr(number)));
  }
  AdminKeys keys_;
};

TEST_F(Us022Export, ANdjsonLineForEachOrphanOfTheRange) {
  Scenario s(with_keys(keys_));
  const auto ids = old_orphans(s, 450);
  insert_orphan(s, s.receipt_for(strangers(s, 1)[0], "DELIVRD"), "2025-04-01T00:00:00Z");
  ASSERT_TRUE(started(s));

  const HttpReply masked = get(s, "/export?from=2025-03-01&to=2025-04-01&format=ndjson");
  EXPECT_EQ(masked.status, 200);
  EXPECT_THAT(masked.headers.at("content-type"), StartsWith("application/x-ndjson"));
  EXPECT_EQ(masked.headers.count("dlr-archived-months"), 0U);
  std::set<std::string> exported;
  std::string last;
  for (const std::string& line : lines_of(masked.body)) {
    boost::system::error_code error;
    ASSERT_TRUE(boost::json::parse(line, error).is_object()) << line;
    EXPECT_TRUE(exported.insert(json_field(line, "id")).second) << "once each";
    EXPECT_GE(json_field(line, "receivedAt"), last) << "in the order of time";
    last = json_field(line, "receivedAt");
    EXPECT_EQ(json_field(line, "sourceAddr"), "***77");
  }
  EXPECT_EQ(exported, std::set<std::string>(ids.begin(), ids.end()));
  expect_no_numbers(masked.body);

  const HttpReply full = get(s, "/export?from=2025-03-10T12:00:07Z&to=2025-03-10T12:00:08Z", kBoth);
  ASSERT_THAT(lines_of(full.body), SizeIs(8)) << "from is included, to is not";
  EXPECT_EQ(json_field(lines_of(full.body)[0], "sourceAddr"), "+15550107777");
  EXPECT_THAT(json_field(lines_of(full.body)[0], "rawPayload"), HasSubstr("call +15550109999"));
  EXPECT_THAT(get(s, "/export?from=2024-01-01&to=2024-02-01").body, IsEmpty());
  for (const std::string& line : s.gateway().logs()) expect_no_numbers(line);
}

TEST_F(Us022Export, CsvThatNoSpreadsheetExecutes) {
  Scenario s(with_keys(keys_));
  const auto ids = old_orphans(s, 2);
  Receipt evil = s.receipt_for(strangers(s, 1)[0], "@SUM(1)");
  evil.operator_message_id = "=cmd|' /C calc'!A0";
  insert_orphan(s, evil, "2025-03-11T00:00:00Z");
  ASSERT_TRUE(started(s));
  const HttpReply reply = get(s, "/export?from=2025-03-01&to=2025-04-01&format=csv");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.headers.at("content-type"), StartsWith("text/csv"));
  const auto lines = lines_of(reply.body);
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_THAT(lines[0], StartsWith("\"id\",\"operatorId\",\"operatorMessageId\","));
  EXPECT_THAT(lines[1], StartsWith("\"" + ids[0] + "\",\"mno-test\","));
  EXPECT_THAT(lines[3], HasSubstr("\"'=cmd|' /C calc'!A0\""));
  EXPECT_THAT(lines[3], HasSubstr("\"'@SUM(1)\""));
  expect_no_numbers(reply.body);
  EXPECT_THAT(get(s, "/export?from=2025-03-01&to=2025-04-01&format=csv", kBoth).body,
              HasSubstr("\"'+15550107777\",\"'=1+15550108888\""));
}

TEST_F(Us022Export, NamesTheMonthsThatAreArchived) {
  Scenario s(with_keys(keys_));
  old_orphans(s, 1);
  s.postgres().exec(
      "INSERT INTO dlr.orphan_archives VALUES ('2025-01-01', 'orphans/2025/01/a.ndjson.gz', 7, '\\x00', now()), "
      "('2025-02-01', 'orphans/2025/02/b.ndjson.gz', 8, '\\x00', now()), "
      "('2025-02-01', 'orphans/2025/02/c.ndjson.gz', 1, '\\x00', now())");
  ASSERT_TRUE(started(s));
  const HttpReply reply = get(s, "/export?from=2025-02-28T23:59:59Z&to=2025-04-01");
  EXPECT_EQ(reply.headers.at("dlr-archived-months"), "2025-02");
  const auto lines = lines_of(reply.body);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[1], R"({"archived":[{"month":"2025-02","object":"orphans/2025/02/b.ndjson.gz","rows":8},)"
                      R"({"month":"2025-02","object":"orphans/2025/02/c.ndjson.gz","rows":1}]})");
  EXPECT_EQ(get(s, "/export?from=2025-01-01&to=2025-03-01&format=csv").headers.at("dlr-archived-months"),
            "2025-01, 2025-02");
  EXPECT_EQ(get(s, "/export?from=2025-03-01&to=2025-04-01").headers.count("dlr-archived-months"), 0U);
}

TEST_F(Us022Export, BadRangesAreProblems) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  for (const char* bad : {"/export", "/export?from=2025-03-01", "/export?to=2025-03-01", "/export?from=x&to=y",
                          "/export?from=2025-03-02&to=2025-03-01", "/export?from=2025-03-01&to=2025-03-01",
                          "/export?from=2025-02-30&to=2025-03-01", "/export?from=2025-03-01&to=2025-04-01&format=xml",
                          "?limit=0", "?limit=x", "?cursor=x", "?from=x", "?to=x"}) {
    const HttpReply reply = get(s, bad);
    EXPECT_EQ(reply.status, 400) << bad;
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json") << bad;
    EXPECT_THAT(json_field(reply.body, "detail"), Not(IsEmpty()));
  }
  EXPECT_EQ(get(s, "/export?from=2025-03-01&to=2025-04-01", "dlr:pii").status, 403);
  EXPECT_EQ(http_get(s.gateway().admin_address(), "/v1/admin/dlr/orphans/export?from=2025-03-01&to=2025-04-01").status,
            401);
}

// The stream waits for a client that reads slowly, without a transaction open meanwhile, and ends with one that left.
TEST_F(Us022Export, WaitsForItsReader) {
  constexpr int kRows = 30'000;
  Scenario s(with_keys(keys_));
  old_orphans(s, 1);
  s.postgres().exec(
      "INSERT INTO dlr.orphan_dlrs SELECT gen_random_uuid(), received_at + g * interval '1 ms', operator_id, "
      "operator_message_id, id_candidates, raw_stat, dlr_status, dlr_timestamp, reason, attempts, gen_random_uuid(), "
      "fingerprint, raw_payload FROM dlr.orphan_dlrs, generate_series(1, " +
      std::to_string(kRows - 1) + ") g");
  ASSERT_TRUE(started(s));
  const std::string address = s.gateway().admin_address();
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  const std::string request =
      "GET /v1/admin/dlr/orphans/export?from=2025-03-01&to=2025-04-01 HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n"
      "Authorization: Bearer " +
      keys_.token() + "\r\n\r\n";
  Socket slow("127.0.0.1", port, 20s);
  slow.send(request);
  std::string got = slow.receive();
  const auto quiet = [&] {
    return s.postgres().count(
               "SELECT count(*) FROM pg_stat_activity WHERE usename = 'dlr_admin' AND "
               "clock_timestamp() - state_change < interval '300 ms'") == 0;
  };
  ASSERT_TRUE(eventually(quiet)) << "it goes on reading although nobody takes it";
  EXPECT_EQ(
      s.postgres().count("SELECT count(*) FROM pg_stat_activity WHERE usename = 'dlr_admin' AND xact_start IS NOT "
                         "NULL"),
      0);
  {
    const Socket leaves("127.0.0.1", port, 20s);
    leaves.send(request);
    EXPECT_THAT(leaves.receive(), StartsWith("HTTP/1.1 200"));
  }
  for (std::string part = slow.receive(); !part.empty(); part = slow.receive()) got += part;
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = got.find("{\"id\":", at)) != std::string::npos; ++at) ++lines;
  EXPECT_EQ(lines, static_cast<std::size_t>(kRows));
  EXPECT_THAT(got, ::testing::EndsWith("0\r\n\r\n")) << "ended, not cut";
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
}

TEST_F(Us022Export, PagesGoThroughAllNewestFirst) {
  Scenario s(with_keys(keys_));
  const auto ids = old_orphans(s, 130);
  Receipt other = s.receipt_for(strangers(s, 1)[0], "DELIVRD");
  other.operator_id = "mno-other";
  insert_orphan(s, other, "2025-03-12T00:00:00Z");
  ASSERT_TRUE(started(s));
  std::vector<std::string> seen;
  std::string cursor;
  std::string last = "9";
  int pages = 0;
  do {
    const HttpReply reply = get(s, "?limit=60" + (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_EQ(reply.status, 200);
    expect_no_numbers(reply.body);
    const auto items = boost::json::parse(json_field(reply.body, "items"));
    for (const auto& item : items.as_array()) {
      const std::string text = boost::json::serialize(item);
      seen.push_back(json_field(text, "id"));
      EXPECT_LE(json_field(text, "receivedAt"), last);
      last = json_field(text, "receivedAt");
    }
    cursor = json_field(reply.body, "next");
  } while (cursor != "null" && ++pages < 10);
  EXPECT_THAT(seen, SizeIs(131));
  EXPECT_THAT(std::set<std::string>(seen.begin(), seen.end()), SizeIs(131));
  EXPECT_EQ(pages, 2);
  EXPECT_THAT(boost::json::parse(json_field(get(s, "?operatorId=mno-other").body, "items")).as_array(), SizeIs(1));
  EXPECT_THAT(boost::json::parse(json_field(get(s, "?from=2025-03-11&to=2025-03-13").body, "items")).as_array(),
              SizeIs(1));
  EXPECT_THAT(get(s, "?limit=1", kBoth).body, HasSubstr("rawPayload"));
}

}  // namespace
}  // namespace dlrgw::test
