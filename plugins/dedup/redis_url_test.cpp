// SPDX-License-Identifier: Apache-2.0
#include "redis_url.hpp"

#include <gtest/gtest.h>

namespace dlrgw::dedup {
namespace {

RedisUrl good(std::string_view text) {
  const auto parsed = parse_redis_url(text);
  if (const auto* why = std::get_if<std::string>(&parsed)) {
    ADD_FAILURE() << text << ": " << *why;
    return {};
  }
  return std::get<RedisUrl>(parsed);
}

TEST(RedisUrl, reads_host_port_password_and_database) {
  const RedisUrl url = good("redis://:s3cr%3At@cache.internal:6380/7");
  EXPECT_EQ(url.host, "cache.internal");
  EXPECT_EQ(url.port, 6380);
  EXPECT_EQ(url.password, "s3cr:t");
  EXPECT_EQ(url.db, 7U);
}

TEST(RedisUrl, everything_but_the_host_has_a_default) {
  for (const std::string_view text : {"redis://localhost", "redis://localhost/", "redis://localhost:6379/0"}) {
    const RedisUrl url = good(text);
    EXPECT_EQ(url.host, "localhost") << text;
    EXPECT_EQ(url.port, 6379) << text;
    EXPECT_EQ(url.password, "") << text;
    EXPECT_EQ(url.db, 0U) << text;
  }
}

TEST(RedisUrl, a_password_may_hold_slashes_and_at_signs) {
  const RedisUrl url = good("redis://:a/b@c@h:1");
  EXPECT_EQ(url.password, "a/b@c");
  EXPECT_EQ(url.host, "h");
  EXPECT_EQ(url.port, 1);
}

TEST(RedisUrl, reads_tls_and_a_user) {
  const RedisUrl url = good("rediss://dlr%3Agw:a:b@cache.internal");
  EXPECT_TRUE(url.tls);
  EXPECT_EQ(url.user, "dlr:gw");
  EXPECT_EQ(url.password, "a:b");
  EXPECT_FALSE(good("redis://h").tls);
  EXPECT_EQ(good("redis://:pw@h").user, "");
  EXPECT_EQ(good("redis://user@h").user, "user") << "its password stands in a file";
  EXPECT_EQ(good("redis://user@h").password, "");
}

TEST(RedisUrl, reads_ipv6) {
  EXPECT_EQ(good("redis://[::1]:6390/2").host, "::1");
  EXPECT_EQ(good("redis://[::1]:6390/2").port, 6390);
  EXPECT_EQ(good("redis://[fe80::2]").host, "fe80::2");
}

TEST(RedisUrl, refuses_and_never_repeats_the_text) {
  for (const std::string_view text :
       {"", "redisss://h", "http://h", "redis://", "redis://:pw@", "redis://h:0", "redis://h:65536", "redis://h:x",
        "redis://h/x", "redis://h/-1", "redis://user%2:pw@h", "redis://:p%2@h", "redis://:p%zz@h", "redis://[::1",
        "redis://[::1]6379"}) {
    const auto parsed = parse_redis_url(text);
    ASSERT_TRUE(std::holds_alternative<std::string>(parsed)) << text;
    EXPECT_EQ(std::get<std::string>(parsed).find("pw@"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace dlrgw::dedup
