// SPDX-License-Identifier: Apache-2.0
#include "control/local_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/exchange.hpp"

namespace dlrgw::host {
namespace {

using ::testing::HasSubstr;

Route route(const std::string& method, const std::string& pattern, BlockingHandler blocking) {
  Route out;
  out.listener = Listener::kAdmin;
  out.method = method;
  out.pattern = pattern;
  out.body_limit = 16;
  out.access = {false, {"dlr:admin"}};
  out.blocking = std::move(blocking);
  return out;
}

class LocalCall : public testing::Test {
 protected:
  LocalCall() {
    auto router = std::make_shared<Router>();
    EXPECT_TRUE(router->add(route("POST", "/v1/things/{id}", [](const HttpRequest& request, Exchange& exchange) {
      static_cast<void>(exchange.send({200,
                                       "application/json",
                                       std::string(request.param("id")) + " " + request.body + " " +
                                           std::string(request.query_value("q")) + request.claims->subject + " " +
                                           request.claims->scopes.at(0),
                                       {}}));
    })));
    EXPECT_TRUE(router->add(route("GET", "/v1/stream", [](const HttpRequest&, Exchange& exchange) {
      static_cast<void>(exchange.begin({200, "text/plain", {}, {}}));
      static_cast<void>(exchange.write("one "));
      static_cast<void>(exchange.write("two"));
    })));
    EXPECT_TRUE(router->add(route("GET", "/v1/refused", [](const HttpRequest&, Exchange& exchange) {
      static_cast<void>(exchange.send(problem(409, "it is done already")));
    })));
    EXPECT_TRUE(router->add(route("GET", "/v1/silent", [](const HttpRequest&, Exchange&) {})));
    routes_.swap(std::move(router));
  }
  std::string error(std::string_view request) {
    const Result<std::string> done = call_locally(routes_, request);
    return done ? "done: " + *done : done.error().text;
  }
  RouteTable routes_;
};

TEST_F(LocalCall, IsTheRouteWithItsParametersBodyAndScope) {
  const Result<std::string> done = call_locally(routes_, "POST /v1/things/7 {\"a\": 1}");
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(*done, "7 {\"a\": 1} control-socket dlr:admin");
}

TEST_F(LocalCall, TakesATargetAsHttpDoes) {
  const Result<std::string> done = call_locally(routes_, "POST /v1/things/a%20b?q=1%2B1 {}");
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(*done, "a b {} 1+1control-socket dlr:admin");
  EXPECT_THAT(error("GET /v1/things/%zz"), HasSubstr("percent-encoded"));
}

TEST_F(LocalCall, AStreamIsOneAnswer) {
  const Result<std::string> done = call_locally(routes_, "GET /v1/stream");
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(*done, "one two");
}

TEST_F(LocalCall, RefusalsAreSentences) {
  EXPECT_EQ(error("GET /v1/refused"), "it is done already");
  EXPECT_THAT(error("GET /v1/nothing"), HasSubstr("has no route GET /v1/nothing"));
  EXPECT_THAT(error("GET /v1/silent"), HasSubstr("gave no answer"));
  EXPECT_THAT(error("POST /v1/things/7 {\"much\": \"too long for it\"}"), HasSubstr("at most 16 bytes"));
  EXPECT_THAT(error(""), HasSubstr("must start with \"/\""));
}

}  // namespace
}  // namespace dlrgw::host
