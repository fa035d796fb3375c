// SPDX-License-Identifier: Apache-2.0
#include "config/endpoints.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(Endpoints, ParsesListenAddresses) {
  EXPECT_EQ(*parse_listen("127.0.0.1:8080"), (ListenAddress{"127.0.0.1", 8080}));
  EXPECT_EQ(*parse_listen("[::1]:0"), (ListenAddress{"::1", 0}));
  EXPECT_EQ(*parse_listen(":9090"), (ListenAddress{"0.0.0.0", 9090}));
  EXPECT_EQ(*parse_listen("localhost:1"), (ListenAddress{"localhost", 1}));
  for (const char* text : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
                           "[1.2.3.4]:80", "256.0.0.1:80", "host name:80", "127.0.0.1:80x"})
    EXPECT_FALSE(parse_listen(text)) << text;
}

TEST(Endpoints, ADsnHoldsNoCredentials) {
  EXPECT_TRUE(check_dsn("host=/tmp port=5432 dbname=dlr"));
  EXPECT_TRUE(check_dsn("postgresql://127.0.0.1:5432/dlr?sslmode=require"));
  EXPECT_TRUE(check_dsn("host=userdb dbname=password_store"));
  EXPECT_TRUE(check_dsn("host=x sslpassword=y"));
  for (const char* text :
       {"host=x user=y", "password = z", "postgres://u:p@h/d", "postgres://u@h/d", "postgres://h/d?user=x", "justtext"})
    EXPECT_FALSE(check_dsn(text)) << text;
}

TEST(Endpoints, ComposesConnections) {
  EXPECT_EQ(connection_text("host=h dbname=d", "u", "p' \\x"), "host=h dbname=d user='u' password='p\\' \\\\x'");
  EXPECT_EQ(connection_text("host=h", "u", ""), "host=h user='u'");
  EXPECT_EQ(connection_text("postgresql://h:1/d", "u", "p@/"), "postgresql://u:p%40%2F@h:1/d");
}

TEST(Endpoints, MasksSecretsInUrls) {
  EXPECT_EQ(mask_url_secrets("nats://u:p@h:4222,nats://h2"), "nats://u:***@h:4222,nats://h2");
  EXPECT_EQ(mask_url_secrets("nats://token@h"), "nats://***@h");
  EXPECT_EQ(mask_url_secrets("redis://:p@ss/w@h/0"), "redis://:***@h/0");
  EXPECT_EQ(mask_url_secrets("no url"), "no url");
}

}  // namespace
}  // namespace dlrgw::host
