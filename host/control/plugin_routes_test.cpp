// SPDX-License-Identifier: Apache-2.0
// Routes as plugins write them, in C++ and by hand in C, behind the real server with real tokens.
#include "control/plugin_routes.hpp"

#include <filesystem>
#include <fstream>
#include <future>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/cpp/route.hpp>

#include "http/server.hpp"
#include "http/testing/raw_client.hpp"
#include "http/testing/token_forge.hpp"

namespace dlrgw::host {
namespace {

using http_test::RawClient;
using Registration = dlrgw::detail::RouteRegistration;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class PluginRoutesTest : public ::testing::Test {
 protected:
  PluginRoutesTest()
      : file_(std::filesystem::temp_directory_path() / ("dlrgw-plugin-routes-" + std::to_string(::getpid()))) {
    std::ofstream(file_) << test::key_set({key_.jwk()});
  }
  ~PluginRoutesTest() override { std::filesystem::remove(file_); }

  void add(const dlrgw_route_class& table, void* user = nullptr) {
    auto read = read_route_class(&table);
    ASSERT_TRUE(read) << read.error().text;
    slots_.push_back({"com.acme", std::move(*read), user});
  }
  void route(const dlrgw::RouteSpec& spec, Registration::Handle handle) {
    registrations_.push_back(std::make_unique<Registration>(spec, std::move(handle)));
    add(registrations_.back()->table, registrations_.back().get());
  }
  Status build(const std::shared_ptr<const void>& keep = nullptr) {
    auto router = std::make_shared<Router>();
    Status added = add_plugin_routes(*router, slots_, keep, {metrics_, log_});
    if (added) routes_.swap(router);
    return added;
  }
  void start() {
    ASSERT_TRUE(build());
    tokens_ = std::make_unique<TokenVerifier>(TokenSettings{file_.string(), "i", "a"}, clock_, log_);
    server_.emplace(HttpServerOptions{}, routes_, log_, tokens_.get());
    ASSERT_TRUE(server_->start());
  }
  std::string ask(const std::string& method, const std::string& target, const std::string& headers = {},
                  const std::string& body = {}) {
    RawClient client(server_->port(Listener::kPublic));
    client.send(method + " " + target + " HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n" + headers + "\r\n" + body);
    return client.rest();
  }
  [[nodiscard]] std::string bearer(const std::string& scope) const {
    return "Authorization: Bearer " +
           key_.token(R"({"iss":"i","aud":"a","exp":2000000000,"sub":"anna",)"
                      R"("account_id":"0b5f9a3e-7a44-4c1e-9d6a-2f6a51d0c101","scope":")" +
                      scope + "\"}") +
           "\r\n";
  }
  double errors() const {
    const auto id = metrics_registry_.define(HostMetrics::plugin_errors_def());
    const std::array<std::string_view, 2> labels{"com.acme", "route"};
    return metrics_registry_.value(*id, labels);
  }

  test::SigningKey key_ = test::SigningKey::ec("k");
  std::filesystem::path file_;
  ManualClock clock_{1'900'000'000'000'000};
  std::string logged_;
  Logger log_{"test", Level::kInfo, [this](std::string_view line) { logged_ += line; }};
  mutable Metrics metrics_registry_{{}};
  HostMetrics metrics_{metrics_registry_};
  std::vector<std::unique_ptr<Registration>> registrations_;
  std::vector<RouteSlot> slots_;
  RouteTable routes_;
  std::unique_ptr<TokenVerifier> tokens_;
  std::optional<HttpServer> server_;
};

TEST_F(PluginRoutesTest, TheHandlerSeesRequestAndClaims) {
  route({.method = "POST", .pattern = "/v1/acme/{id}/x", .scope = "acme:write", .body_limit = 10},
        [](const dlrgw::HttpRequest& request, dlrgw::HttpResponse& response) {
          dlrgw::JsonWriter out;
          out.begin_object().member("method", request.method()).member("path", request.path());
          out.member("id", request.param("id")).member("q", request.query("q")).member("none", request.query("none"));
          out.member("h", request.header("x-h")).member("body", request.body());
          out.member("subject", request.claims().subject()).member("account", request.claims().account_id());
          out.member("write", request.claims().has_scope("acme:write"))
              .member("root", request.claims().has_scope("root"));
          out.end_object();
          response.header("X-Acme", "1");
          response.json(202, out.text());
        });
  start();
  EXPECT_THAT(
      ask("POST", "/v1/acme/a%20b/x?q=1%2b1", bearer("acme:write acme:read") + "X-H: h\r\nContent-Length: 2\r\n", "hi"),
      AllOf(
          StartsWith("HTTP/1.1 202"), HasSubstr("X-Acme: 1\r\n"), HasSubstr("application/json"),
          EndsWith(R"({"method":"POST","path":"/v1/acme/a b/x","id":"a b","q":"1+1","none":"","h":"h","body":"hi",)"
                   R"("subject":"anna","account":"0b5f9a3e-7a44-4c1e-9d6a-2f6a51d0c101","write":true,"root":false})")));
  EXPECT_THAT(ask("POST", "/v1/acme/1/x", "Content-Length: 2\r\n", "hi"),
              AllOf(StartsWith("HTTP/1.1 401"), HasSubstr("WWW-Authenticate: Bearer\r\n")));
  EXPECT_THAT(ask("POST", "/v1/acme/1/x", bearer("acme:read")), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(ask("POST", "/v1/acme/1/x", bearer("acme:write") + "Content-Length: 11\r\n", "12345678901"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(ask("GET", "/v1/acme/1/x", bearer("acme:write")), StartsWith("HTTP/1.1 405"));
  EXPECT_EQ(errors(), 0);
}

TEST_F(PluginRoutesTest, AnOpenRouteHasNoClaims) {
  route({.pattern = "/open", .open = true}, [](const dlrgw::HttpRequest& request, dlrgw::HttpResponse& response) {
    EXPECT_FALSE(request.has_claims());
    response.problem(404, "nothing \"here\"");
  });
  start();
  EXPECT_THAT(
      ask("GET", "/open", bearer("x")),
      AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("application/problem+json"),
            EndsWith(R"({"type":"about:blank","title":"Not Found","status":404,"detail":"nothing \"here\""})")));
  EXPECT_THAT(ask("GET", "/open", "Content-Length: 1\r\n", "x"), StartsWith("HTTP/1.1 413")) << "no body is taken";
}

TEST_F(PluginRoutesTest, StreamsAndStopsWhenNobodyReads) {
  std::promise<std::int32_t> end;
  route({.pattern = "/export"}, [&](const dlrgw::HttpRequest& request, dlrgw::HttpResponse& response) {
    response.begin(200, "text/csv");
    if (request.query("all").empty()) return response.write("a,b\n");
    try {
      while (true) response.write(std::string(1U << 20U, 'x'));
    } catch (const dlrgw::Error& error) {
      end.set_value(error.code());
      throw;
    }
  });
  start();
  EXPECT_THAT(ask("GET", "/export", bearer("")), EndsWith("\r\n\r\n4\r\na,b\n\r\n0\r\n\r\n"));
  {
    RawClient client(server_->port(Listener::kPublic));
    client.send("GET /export?all=1 HTTP/1.1\r\nHost: gw\r\n" + bearer("") + "\r\n");
    client.response(true);
  }
  EXPECT_EQ(end.get_future().get(), DLRGW_E_UNAVAILABLE);
  server_->stop();
  EXPECT_EQ(errors(), 0) << "a client that leaves is no failure of the plugin";
}

TEST_F(PluginRoutesTest, FailuresAreCountedAndToldWithoutTheirText) {
  route({.pattern = "/throws", .open = true}, [](const dlrgw::HttpRequest&, dlrgw::HttpResponse&) {
    throw std::runtime_error("no luck with +4917012345678");
  });
  route({.pattern = "/silent", .open = true}, [](const dlrgw::HttpRequest&, dlrgw::HttpResponse&) {});
  route({.pattern = "/twice", .open = true}, [](const dlrgw::HttpRequest&, dlrgw::HttpResponse& response) {
    response.json(200, "{}");
    response.json(200, "{}");
  });
  dlrgw_route_class raw{};
  raw.struct_size = sizeof raw;
  raw.flags = DLRGW_ROUTE_OPEN;
  raw.listener = DLRGW_LISTENER_PUBLIC;
  raw.method = str("GET");
  raw.pattern = str("/lets-out");
  raw.handle = [](void*, const dlrgw_http_request*, const dlrgw_http_response*, dlrgw_error*) -> std::int32_t {
    throw 7;
  };
  add(raw);
  start();
  for (const char* path : {"/throws", "/silent", "/lets-out"})
    EXPECT_THAT(ask("GET", path), AllOf(StartsWith("HTTP/1.1 500"), HasSubstr("problem+json"), Not(HasSubstr("luck"))))
        << path;
  EXPECT_THAT(ask("GET", "/twice"), StartsWith("HTTP/1.1 200"));
  server_->stop();
  EXPECT_EQ(errors(), 4);
  EXPECT_THAT(logged_, AllOf(HasSubstr("dlr.plugin.failed"), HasSubstr("\"route\":\"GET /throws\""),
                             HasSubstr("no luck with"), HasSubstr("gave no answer"), Not(HasSubstr("4917012345678"))));
}

TEST_F(PluginRoutesTest, BadAnswersAreRefused) {
  dlrgw_route_class raw{};
  raw.struct_size = sizeof raw;
  raw.flags = DLRGW_ROUTE_OPEN;
  raw.listener = DLRGW_LISTENER_PUBLIC;
  raw.method = str("GET");
  raw.pattern = str("/bad");
  raw.handle = [](void*, const dlrgw_http_request*, const dlrgw_http_response* r, dlrgw_error*) -> std::int32_t {
    EXPECT_EQ(r->header(r->self, str("X"), str("a\r\nEvil: 1")), DLRGW_E_INVALID);
    EXPECT_EQ(r->header(r->self, str("Content-Length"), str("1")), DLRGW_E_INVALID);
    EXPECT_EQ(r->header(r->self, dlrgw_str{nullptr, 0}, str("1")), DLRGW_E_INVALID);
    EXPECT_EQ(r->send(r->self, 99, str("a/b"), str("")), DLRGW_E_INVALID);
    EXPECT_EQ(r->send(r->self, 200, str("a/b\r\nEvil: 1"), str("")), DLRGW_E_INVALID);
    EXPECT_EQ(r->write(r->self, str("x")), DLRGW_E_DENIED);
    EXPECT_EQ(r->header(r->self, str("Set-Cookie"), str("a=1")), DLRGW_OK);
    EXPECT_EQ(r->header(r->self, str("Set-Cookie"), str("b=2")), DLRGW_OK);
    EXPECT_EQ(r->send(r->self, 200, str("a/b"), str("body")), DLRGW_OK);
    EXPECT_EQ(r->header(r->self, str("X"), str("late")), DLRGW_E_DENIED);
    EXPECT_EQ(r->begin(r->self, 200, str("a/b")), DLRGW_E_DENIED);
    return DLRGW_OK;
  };
  add(raw);
  start();
  EXPECT_THAT(ask("GET", "/bad"), AllOf(HasSubstr("Set-Cookie: a=1\r\n"), HasSubstr("Set-Cookie: b=2\r\n"),
                                        EndsWith("\r\n\r\nbody"), Not(HasSubstr("Evil"))));
}

TEST_F(PluginRoutesTest, MalformedAndTakenPatternsAreRefusedByName) {
  const auto nothing = [](const dlrgw::HttpRequest&, dlrgw::HttpResponse&) {};
  route({.pattern = "/a/{x}"}, nothing);
  route({.pattern = "/a/{y}"}, nothing);
  EXPECT_EQ(build().error().text, "plugin com.acme: route GET /a/{y}: already taken by /a/{x} of plugin com.acme");
  slots_.clear();
  route({.pattern = "/a//b"}, nothing);
  EXPECT_THAT(build().error().text, HasSubstr("plugin com.acme: route GET /a//b: the pattern holds"));
}

TEST_F(PluginRoutesTest, WhatARouterWouldRefuseIsKnownBeforehandOneSentenceEach) {
  const auto nothing = [](const dlrgw::HttpRequest&, dlrgw::HttpResponse&) {};
  for (const char* pattern : {"/a/{x}", "/a/{y}", "/live", "/a//b"}) route({.pattern = pattern}, nothing);
  route({.listener = DLRGW_LISTENER_ADMIN, .method = "POST", .pattern = "/login"}, nothing);
  EXPECT_THAT(refused_routes(slots_),
              ElementsAre("plugin com.acme: route GET /a/{y}: already taken by /a/{x} of plugin com.acme",
                          "plugin com.acme: route GET /live: already taken by /live of the gateway",
                          HasSubstr("plugin com.acme: route GET /a//b: the pattern holds"),
                          "plugin com.acme: route POST /login: already taken by /login of the gateway"));
}

TEST_F(PluginRoutesTest, TheRouterKeepsItsPluginAlive) {
  route({.pattern = "/a"}, [](const dlrgw::HttpRequest&, dlrgw::HttpResponse&) {});
  auto plugin = std::make_shared<int>(1);
  const std::weak_ptr<int> alive = plugin;
  ASSERT_TRUE(build(plugin));
  plugin.reset();
  EXPECT_FALSE(alive.expired());
  routes_.swap(nullptr);
  EXPECT_TRUE(alive.expired());
}

}  // namespace
}  // namespace dlrgw::host
