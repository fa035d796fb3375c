// SPDX-License-Identifier: Apache-2.0
#include "http/login_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

class LoginRoutes : public ::testing::Test {
 protected:
  void add(bool secure) {
    ASSERT_TRUE(login_routes(
        router_,
        [](std::string_view token) -> std::variant<Claims, TokenFault> {
          if (token == "good.to.ken") return Claims{"anna", "", {"dlr:admin"}};
          if (token == "customer.to.ken") return Claims{"bert", "", {}};
          return token == "old.to.ken" ? TokenFault::kExpired : TokenFault::kMalformed;
        },
        secure));
  }
  HttpResponse ask(std::string_view method, std::string_view path, std::string body = {}, NameValues query = {}) {
    const RouteMatch match = router_.match(Listener::kAdmin, method, path);
    if (match.route == nullptr) return problem(404, "");
    EXPECT_TRUE(match.route->access.open);
    HttpRequest request;
    request.body = std::move(body);
    request.query = std::move(query);
    return match.route->handler(request);
  }
  Router router_;
};

TEST_F(LoginRoutes, AGoodTokenBecomesTheCookie) {
  add(false);
  const HttpResponse in = ask("POST", "/login", "token=%20good.to.ken%0D%0A&next=%2Fconsole%2Fmessages");
  EXPECT_EQ(in.status, 303U);
  EXPECT_THAT(in.headers,
              UnorderedElementsAre(Pair("Location", "/console/messages"),
                                   Pair("Set-Cookie", "dlr_token=good.to.ken; Path=/; HttpOnly; SameSite=Strict")));
  EXPECT_THAT(ask("POST", "/logout").headers, Contains(Pair("Set-Cookie", HasSubstr("Max-Age=0"))));
}

// Its form is a write, which must say that it comes from a page of this host.
TEST_F(LoginRoutes, ThePageLetsTheBrowserSayWhereItsFormComesFrom) {
  add(false);
  EXPECT_THAT(ask("GET", "/login").headers, Contains(Pair("Referrer-Policy", "same-origin")));
}

TEST_F(LoginRoutes, UnderTlsTheCookieStaysThere) {
  add(true);
  EXPECT_THAT(ask("POST", "/login", "token=good.to.ken").headers, Contains(Pair("Set-Cookie", HasSubstr("; Secure"))));
}

TEST_F(LoginRoutes, ARefusalSaysWhyAndSetsNothing) {
  add(false);
  for (const auto& [body, status, sentence] : std::vector<std::tuple<std::string, unsigned, std::string>>{
           {"token=old.to.ken", 401, "has expired"},
           {"token=forged", 401, "no token that this gateway accepts"},
           {"", 401, "no token that this gateway accepts"},
           {"token=customer.to.ken", 403, "does not allow the console"},
           {"token=%zz", 401, "no token that this gateway accepts"}}) {
    const HttpResponse answer = ask("POST", "/login", body);
    EXPECT_EQ(answer.status, status) << body;
    EXPECT_THAT(answer.body, HasSubstr(sentence)) << body;
    EXPECT_THAT(answer.headers, Not(Contains(Pair("Set-Cookie", testing::_)))) << body;
  }
}

TEST_F(LoginRoutes, LeadsToNoOtherHost) {
  add(false);
  for (const char* next : {"//evil.test", "https://evil.test", "/%5Cevil.test", "", "console"})
    EXPECT_THAT(ask("POST", "/login", "token=good.to.ken&next=" + std::string(next)).headers,
                Contains(Pair("Location", "/")))
        << next;
  EXPECT_THAT(ask("GET", "/login", {}, {{"next", "\"><script>"}}).body, Not(HasSubstr("<script>")));
}

TEST_F(LoginRoutes, ComesBackToWhereItWasAskedFor) {
  EXPECT_THAT(to_login("/").headers, Contains(Pair("Location", "/login")));
  EXPECT_THAT(to_login("/console/orphans?from=1&x=a b").headers,
              Contains(Pair("Location", "/login?next=/console/orphans%3Ffrom%3D1%26x%3Da%20b")));
}

}  // namespace
}  // namespace dlrgw::host
