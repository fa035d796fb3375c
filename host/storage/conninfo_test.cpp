// SPDX-License-Identifier: Apache-2.0
#include "storage/conninfo.hpp"

#include <algorithm>
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

const std::array<Setting, 1> kTimeout{Setting{"connect_timeout", "3"}};
const std::array<Setting, 1> kPassword{Setting{"password", R"(a'b\c d)"}};

TEST(Conninfo, EscapesValues) {
  EXPECT_EQ(conninfo_quote(R"(a'b\c)"), R"('a\'b\\c')");
  EXPECT_EQ(conninfo_quote(""), "''");
}

TEST(Conninfo, KeywordForm) {
  EXPECT_EQ(build_conninfo("host=h dbname=d", kTimeout, kPassword),
            R"(host=h dbname=d connect_timeout='3' password='a\'b\\c d')");
  EXPECT_EQ(build_conninfo("", kTimeout, {}), "connect_timeout='3'");
}

TEST(Conninfo, UriForm) {
  EXPECT_EQ(build_conninfo("postgresql://h:1/d", kTimeout, kPassword),
            "postgresql://h:1/d?connect_timeout=3&password=a%27b%5cc%20d");
  EXPECT_EQ(build_conninfo("postgres://h/d?sslmode=require", kTimeout, {}),
            "postgres://h/d?sslmode=require&connect_timeout=3");
}

TEST(Conninfo, TheDsnWinsOverDefaults) {
  EXPECT_EQ(build_conninfo("connect_timeout = 9", kTimeout, {}), "connect_timeout = 9");
  EXPECT_EQ(build_conninfo("my_connect_timeout=9", kTimeout, {}), "my_connect_timeout=9 connect_timeout='3'");
}

TEST(Session, PoolsOfKeyedWorkForbidScans) {
  const auto sets = [](std::string_view pool, std::string_view name) {
    const auto all = session_defaults(pool);
    return std::any_of(all.begin(), all.end(), [&](const Setting& s) { return s.name == name; });
  };
  EXPECT_TRUE(sets("svc", "enable_seqscan"));
  EXPECT_TRUE(sets("relay", "enable_seqscan"));
  EXPECT_TRUE(sets("svc", "max_parallel_workers_per_gather"));
  EXPECT_TRUE(sets("relay", "enable_bitmapscan"));
  EXPECT_FALSE(sets("svc", "enable_bitmapscan"));
  EXPECT_FALSE(sets("admin", "enable_seqscan"));
  EXPECT_TRUE(sets("admin", "lock_timeout"));
}

std::string value_of(std::string_view pool, std::string_view name) {
  std::string value;
  for (const Setting& setting : session_defaults(pool))
    if (setting.name == name) value += value.empty() ? setting.value : ", then " + setting.value;
  return value;
}

TEST(Session, OnlyMaintenanceMayTakeItsTime) {
  EXPECT_EQ(value_of("svc", "statement_timeout"), "10s");
  EXPECT_EQ(value_of("admin", "statement_timeout"), "10s");
  EXPECT_EQ(value_of("maint", "statement_timeout"), "60s");
}

TEST(Session, LeavesNothingThatMattersToTheServersDefaults) {
  for (const std::string_view pool : {"svc", "relay", "admin", "portal", "maint"})
    for (const std::string_view name :
         {"default_transaction_isolation", "synchronous_commit", "search_path", "TimeZone", "lock_timeout",
          "statement_timeout", "idle_in_transaction_session_timeout", "tcp_keepalives_idle", "tcp_keepalives_interval",
          "tcp_keepalives_count", "tcp_user_timeout"})
      EXPECT_NE(value_of(pool, name), "") << pool << ' ' << name;
  EXPECT_EQ(value_of("svc", "synchronous_commit"), "on") << "a committed receipt survives every crash";
  EXPECT_EQ(value_of("relay", "synchronous_commit"), "off");
}

TEST(Session, AStrongerCommitIsLeftAndAWeakerOneRaised) {
  const std::array<Setting, 1> on{Setting{"synchronous_commit", "on"}};
  EXPECT_EQ(session_sql(on),
            "SELECT pg_catalog.set_config('synchronous_commit', CASE WHEN "
            "pg_catalog.current_setting('synchronous_commit') IN ('on', 'remote_apply') THEN "
            "pg_catalog.current_setting('synchronous_commit') ELSE 'on' END, false)");
  const std::array<Setting, 1> off{Setting{"synchronous_commit", "off"}};
  EXPECT_EQ(session_sql(off), "SELECT pg_catalog.set_config('synchronous_commit', 'off', false)");
}

TEST(Session, KnowsWhichCommitIsWeaker) {
  EXPECT_FALSE(is_weaker_commit("on", "on"));
  EXPECT_FALSE(is_weaker_commit("remote_apply", "on"));
  EXPECT_TRUE(is_weaker_commit("remote_write", "on"));
  EXPECT_TRUE(is_weaker_commit("local", "on"));
  EXPECT_TRUE(is_weaker_commit("off", "on"));
  EXPECT_TRUE(is_weaker_commit("what a later PostgreSQL may call it", "on"));
  EXPECT_FALSE(is_weaker_commit("off", "off"));
}

TEST(Session, IsOneStatementWithQuotedValues) {
  const std::array<Setting, 2> settings{Setting{"a", "1"}, Setting{"b", "x'y"}};
  EXPECT_EQ(session_sql(settings),
            "SELECT pg_catalog.set_config('a', '1', false), pg_catalog.set_config('b', 'x''y', false)");
  EXPECT_EQ(session_sql({}), "");
}

TEST(Conninfo, AParameterThatLibpqDoesNotKnowIsNamedWithoutItsValue) {
  EXPECT_TRUE(
      check_parameters("host=a,b port=5432,5433 dbname=dlr sslmode=verify-full target_session_attrs=read-write"));
  EXPECT_TRUE(check_parameters("postgresql://db.test:5432/dlr?sslmode=require"));
  for (const auto& [dsn, named] : std::vector<std::pair<std::string, std::string>>{
           {"host=x passwrod=geheim", "\"passwrod\""},
           {"host=x sslmode=verify-all",
            "sslmode must be one of: disable, allow, prefer, require, verify-ca, verify-full"},
           {"postgresql://x/dlr?sslmodus=geheim", "\"sslmodus\""},
           {"host=x target_session_attrs=geheim", "target_session_attrs must be one of"}}) {
    const Status known = check_parameters(dsn);
    ASSERT_FALSE(known) << dsn;
    EXPECT_NE(known.error().text.find(named), std::string::npos) << known.error().text;
    EXPECT_EQ(known.error().text.find("geheim"), std::string::npos) << known.error().text;
  }
}

}  // namespace
}  // namespace dlrgw::host
