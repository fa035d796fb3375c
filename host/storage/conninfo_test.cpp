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
  EXPECT_TRUE(sets("relay", "synchronous_commit"));
  EXPECT_FALSE(sets("svc", "synchronous_commit")) << "a committed receipt survives every crash";
  EXPECT_TRUE(sets("svc", "max_parallel_workers_per_gather"));
  EXPECT_TRUE(sets("relay", "enable_bitmapscan"));
  EXPECT_FALSE(sets("svc", "enable_bitmapscan"));
  EXPECT_FALSE(sets("admin", "enable_seqscan"));
  EXPECT_TRUE(sets("admin", "lock_timeout"));
}

TEST(Session, OnlyMaintenanceMayTakeItsTime) {
  const auto last = [](std::string_view pool) {
    std::string value;
    for (const Setting& setting : session_defaults(pool))
      if (setting.name == "statement_timeout") value = setting.value;
    return value;
  };
  EXPECT_EQ(last("svc"), "10s");
  EXPECT_EQ(last("admin"), "10s");
  EXPECT_EQ(last("maint"), "60s");
}

TEST(Session, IsOneStatementWithQuotedValues) {
  const std::array<Setting, 2> settings{Setting{"a", "1"}, Setting{"b", "x'y"}};
  EXPECT_EQ(session_sql(settings),
            "SELECT pg_catalog.set_config('a', '1', false), pg_catalog.set_config('b', 'x''y', false)");
  EXPECT_EQ(session_sql({}), "");
}

}  // namespace
}  // namespace dlrgw::host
