// SPDX-License-Identifier: Apache-2.0
#include "http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Route route(std::string method, std::string pattern, Listener listener = Listener::kPublic) {
  return {listener, std::move(method), std::move(pattern), [](const HttpRequest&) { return HttpResponse{}; }, 10};
}

TEST(Router, MatchesLiteralsBeforeParameters) {
  Router router;
  ASSERT_TRUE(router.add(route("GET", "/v1/sms/{id}")));
  ASSERT_TRUE(router.add(route("GET", "/v1/sms/latest")));
  ASSERT_TRUE(router.add(route("GET", "/v1/sms/{id}/segments")));
  ASSERT_TRUE(router.add(route("GET", "/")));
  EXPECT_EQ(router.match(Listener::kPublic, "GET", "/v1/sms/latest").route->pattern, "/v1/sms/latest");
  const auto match = router.match(Listener::kPublic, "GET", "/v1/sms/a b/segments");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.params, (NameValues{{"id", "a b"}}));
  EXPECT_EQ(router.match(Listener::kPublic, "GET", "/").route->pattern, "/");
  for (const char* path : {"/v1", "/v1/sms", "/v1/sms/", "/v1/sms/1/", "/v1//sms/1", "/v1/sms/1/segments/2", ""})
    EXPECT_EQ(router.match(Listener::kPublic, "GET", path).route, nullptr) << path;
}

TEST(Router, HeadFollowsGetAndOtherMethodsAreNamed) {
  Router router;
  ASSERT_TRUE(router.add(route("GET", "/a")));
  ASSERT_TRUE(router.add(route("POST", "/a")));
  EXPECT_NE(router.match(Listener::kPublic, "HEAD", "/a").route, nullptr);
  const auto match = router.match(Listener::kPublic, "BREW", "/a");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, POST");
  EXPECT_EQ(router.match(Listener::kPublic, "GET", "/b").allow, "");
}

TEST(Router, APatternNamesTheQueryParametersThatItTakes) {
  Router router;
  ASSERT_TRUE(router.add(route("GET", "/some?from&to")));
  ASSERT_TRUE(router.add(route("GET", "/none?")));
  ASSERT_TRUE(router.add(route("GET", "/any")));
  const auto refused = [&](const char* path, const NameValues& query) {
    const Route* found = router.match(Listener::kPublic, "GET", path).route;
    EXPECT_EQ(found->pattern, path);
    const auto answer = refuse_query(*found, query);
    return answer ? std::to_string(answer->status) + answer->body : "taken";
  };
  EXPECT_EQ(refused("/some", {}), "taken");
  EXPECT_EQ(refused("/some", {{"to", ""}, {"from", "1"}}), "taken");
  EXPECT_THAT(refused("/some", {{"form", "+15550100001"}}),
              AllOf(HasSubstr("400"), HasSubstr("from, to, each once"), Not(HasSubstr("5550"))));
  EXPECT_THAT(refused("/some", {{"to", "1"}, {"to", "2"}}), HasSubstr("each once"));
  EXPECT_THAT(refused("/none", {{"x", ""}}), HasSubstr("takes no query parameters"));
  EXPECT_EQ(refused("/any", {{"x", ""}, {"x", ""}}), "taken");
  for (const char* bad : {"/x?a&a", "/x?&", "/x?a&&b"}) EXPECT_FALSE(router.add(route("GET", bad))) << bad;
}

TEST(Router, ListenersAreApart) {
  Router router;
  ASSERT_TRUE(router.add(route("GET", "/metrics", Listener::kAdmin)));
  EXPECT_EQ(router.match(Listener::kPublic, "GET", "/metrics").route, nullptr);
  EXPECT_EQ(router.match(Listener::kPublic, "GET", "/metrics").allow, "");
  EXPECT_TRUE(router.add(route("GET", "/metrics")));
}

TEST(Router, RefusesWhatIsMalformedOrTaken) {
  Router router;
  ASSERT_TRUE(router.add(route("GET", "/a/{x}")));
  EXPECT_THAT(router.add(route("GET", "/a/{y}")).error().text, HasSubstr("already taken by /a/{x}"));
  EXPECT_TRUE(router.add(route("POST", "/a/{y}")));
  for (const char* pattern : {"", "a", "/a//b", "/a/", "/a/..", "/a/{}", "/a/x{y}", "/a/{x}y", "/a/{x{y}}", "/{x}/{x}"})
    EXPECT_FALSE(router.add(route("GET", pattern))) << pattern;
  EXPECT_FALSE(router.add(route("get", "/b")));
  EXPECT_FALSE(router.add(route("", "/b")));
  EXPECT_FALSE(router.add({Listener::kPublic, "GET", "/b", nullptr, 1}));
}

}  // namespace
}  // namespace dlrgw::host
