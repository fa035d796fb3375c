// SPDX-License-Identifier: Apache-2.0
#include "http/request_target.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(RequestTarget, DecodesPathAndQuery) {
  const auto target = parse_request_target("/v1/sms/a%20b/%C3%A9?from=2026-01-01T00%3A00%3A00Z&x=a+b&flag&&x=2#frag");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v1/sms/a b/é");
  EXPECT_EQ(target->query, (NameValues{{"from", "2026-01-01T00:00:00Z"}, {"x", "a b"}, {"flag", ""}, {"x", "2"}}));
  EXPECT_EQ(parse_request_target("/")->path, "/");
  EXPECT_EQ(parse_request_target("/a/")->path, "/a/");
  EXPECT_EQ(parse_request_target("/a+b")->path, "/a+b");
  EXPECT_EQ(parse_request_target("http://host:80/a?b=c")->path, "/a");
  EXPECT_EQ(parse_request_target("http://host")->path, "/");
  EXPECT_EQ(parse_request_target("/%252e%252e/")->path, "/%2e%2e/") << "decoded once";
  EXPECT_EQ(parse_request_target("/a?ids[]={1|2}")->query, (NameValues{{"ids[]", "{1|2}"}})) << "as browsers send it";
}

TEST(RequestTarget, RefusesTraversalInEverySpelling) {
  for (const char* text :
       {"/..", "/../etc/passwd", "/a/../b", "/a/./b", "/./b", "/.//b", "/%2e%2e/b", "/%2E./b", "/a/.%2e", "/a%2f..%2fb",
        "/a%2Fb", "/a%5cb", "/a\\b", "/a%00b", "/a%0d%0ab", "http://h/../x", "/a%7f"})
    EXPECT_FALSE(parse_request_target(text)) << text;
}

TEST(RequestTarget, RefusesWhatIsMalformed) {
  for (const char* text : {"", "*", "a", "host:80", "/%", "/%4", "/%zz", "/%ff", "/a?x=%", "/a?%ff=1", "http://h?x",
                           "/a?x=%00", "/a?%00=1"})
    EXPECT_FALSE(parse_request_target(text)) << text;
}

}  // namespace
}  // namespace dlrgw::host
