// SPDX-License-Identifier: Apache-2.0
#include "bench/statement_log.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace dlrgw::bench {
namespace {

std::string line(const std::string& session, const std::string& message, const std::string& detail = {},
                 const std::string& database = "run") {
  return R"({"user":"dlr_svc","dbname":")" + database + R"(","session_id":")" + session + R"(","message":")" + message +
         "\"" + (detail.empty() ? "" : ",\"detail\":\"" + detail + "\"") + "}\n";
}

TEST(BenchStatementLog, ParametersAreUnquoted) {
  const auto values = parse_parameters("$1 = '[{\"a\":\"it''s, $2 = ''x''\"}]', $2 = NULL, $3 = ''");
  ASSERT_EQ(values.size(), 3U);
  EXPECT_EQ(values[0], "[{\"a\":\"it's, $2 = 'x'\"}]");
  EXPECT_EQ(values[1], std::nullopt);
  EXPECT_EQ(values[2], "");
  EXPECT_TRUE(parse_parameters("").empty());
}

TEST(BenchStatementLog, UnreadableParametersAreRefused) {
  for (const char* bad : {"$1 = 'open", "$1 = 'a' $2 = 'b'", "x", "$1 = 5"})
    EXPECT_THROW(static_cast<void>(parse_parameters(bad)), std::runtime_error) << bad;
}

TEST(BenchStatementLog, CommittedTransactionsInOrderOfCommit) {
  std::istringstream log(line("s1", "statement: SELECT pg_catalog.set_config('jit', 'off', false)") +
                         line("s1", "statement: BEGIN") + line("s2", "statement: BEGIN") +
                         line("s1", "execute a: SELECT 1", "parameters: $1 = '1'") +
                         line("s2", "execute b: SELECT 2", "parameters: $1 = '2'") +
                         line("s2", "execute a: SELECT 1", "parameters: $1 = '3'") + line("s2", "statement: COMMIT") +
                         line("s1", "statement: COMMIT"));
  ScriptReader reader("run");
  reader.add_log(log);
  const Script script = reader.take();
  const RoleScript& role = script.at("dlr_svc");
  EXPECT_EQ(role.settings, "SELECT pg_catalog.set_config('jit', 'off', false);");
  ASSERT_EQ(role.committed.size(), 2U);
  ASSERT_EQ(role.committed[0].size(), 2U);
  EXPECT_EQ(role.committed[0][0].prepared->sql, "SELECT 2");
  EXPECT_EQ(role.committed[0][1].parameters.at(0), "3");
  ASSERT_EQ(role.committed[1].size(), 1U);
  EXPECT_EQ(role.committed[1][0].prepared, role.committed[0][1].prepared);
  EXPECT_EQ(role.first.at("a").parameters.at(0), "1");
}

TEST(BenchStatementLog, RolledBackAndForeignWorkIsLeftOut) {
  std::istringstream log(line("s1", "statement: BEGIN") + line("s1", "execute a: SELECT 1") +
                         line("s1", "statement: ROLLBACK") + line("s2", "statement: BEGIN", {}, "other") +
                         line("s2", "execute b: SELECT 2", {}, "other") + line("s2", "statement: COMMIT", {}, "other"));
  ScriptReader reader("run");
  reader.add_log(log);
  const Script script = reader.take();
  EXPECT_TRUE(script.at("dlr_svc").committed.empty());
  EXPECT_TRUE(script.at("dlr_svc").first.contains("a"));  // the relay's reads end with a rollback
  EXPECT_FALSE(script.at("dlr_svc").first.contains("b"));
}

}  // namespace
}  // namespace dlrgw::bench
