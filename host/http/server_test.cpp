// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <array>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/builtin_routes.hpp"
#include "http/testing/raw_client.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;
using http_test::RawClient;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class HttpServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto add = [&](std::string method, std::string pattern, HttpHandler handler,
                         std::size_t limit = kDefaultBodyLimit) {
      ASSERT_TRUE(router_.add({Listener::kPublic, std::move(method), std::move(pattern), std::move(handler), limit}));
    };
    add("GET", "/hello/{name}", [](const HttpRequest& r) {
      return HttpResponse{200, "text/plain", std::string(r.param("name")) + "|" + std::string(r.query_value("q")), {}};
    });
    add(
        "POST", "/echo",
        [](const HttpRequest& r) {
          return HttpResponse{200, "text/plain", r.body, {}};
        },
        1'000);
    add("GET", "/throws", [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("+4917012345678"); });
    add("GET", "/splits", [](const HttpRequest&) {
      return HttpResponse{200, "text/plain", "", {{"X", "a\r\nEvil: 1"}}};
    });
    add("DELETE", "/gone", [](const HttpRequest&) {
      return HttpResponse{204, "", "ignored", {{"Cache-Control", "private"}}};
    });
    add("GET", "/slow", [this](const HttpRequest&) {
      entered_.set_value();
      release_.get_future().wait();
      return HttpResponse{200, "text/plain", "late", {}};
    });
    ASSERT_TRUE(builtin_routes(
        router_, [] { return true; }, [] { return std::vector<ReadyCheck>{}; }, [] { return std::string("m 1\n"); }));
  }
  void start(HttpServerOptions options = {}) {
    routes_.swap(std::make_shared<Router>(std::move(router_)));
    server_.emplace(options, routes_, log_);
    const Status started = server_->start();
    ASSERT_TRUE(started) << started.error().text;
  }
  std::uint16_t port(Listener listener = Listener::kPublic) { return server_->port(listener); }
  std::string ask(std::string_view request, Listener listener = Listener::kPublic) {
    RawClient client(port(listener));
    client.send(request);
    return client.response(request.starts_with("HEAD"));
  }
  static std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

  std::string logged_;
  Logger log_{"test", Level::kDebug, [this](std::string_view line) { logged_ += line; }};
  Router router_;
  RouteTable routes_;
  std::promise<void> entered_, release_;
  std::optional<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersWithSecurityHeaders) {
  start();
  const std::string answer = ask(get("/hello/w%20x?q=1"));
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("\r\n\r\nw x|1")));
  for (const std::string& any : {answer, ask(get("/nope")), ask("nonsense\r\n\r\n")})
    EXPECT_THAT(any, AllOf(HasSubstr("X-Content-Type-Options: nosniff"), HasSubstr("Cache-Control: no-store"),
                           HasSubstr("Referrer-Policy: no-referrer")));
}

TEST_F(HttpServerTest, HeadHasLengthAndNoBody) {
  start();
  RawClient client(port());
  client.send("HEAD /hello/abc HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.response(true), AllOf(HasSubstr("200 OK"), HasSubstr("Content-Length: 4\r\n")));
  client.send(get("/hello/next"));
  EXPECT_THAT(client.response(), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("next|"))) << "a body would be in the way";
}

TEST_F(HttpServerTest, RefusesAsProblemJson) {
  start();
  EXPECT_THAT(ask(get("/nope")),
              AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("application/problem+json"), HasSubstr("\"status\":404")));
  EXPECT_THAT(ask("BREW /hello/a HTTP/1.1\r\nHost: x\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD\r\n")));
  EXPECT_THAT(ask("BREW /nope HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(ask("POST /hello/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(ask("GET /hello/a HTTP/1.1\r\n\r\n"), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("Host")));
  EXPECT_THAT(ask("GET / HTTP/9.9\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(ask("\x16\x03\x01\x02\r\n\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_F(HttpServerTest, RefusesTraversal) {
  start();
  for (const char* path :
       {"/../etc/passwd", "/hello/..", "/hello/%2e%2e", "/hello/a%2fb", "/hello/%00", "/hello/%c0%ae"})
    EXPECT_THAT(ask(get(path)), StartsWith("HTTP/1.1 400")) << path;
}

TEST_F(HttpServerTest, RefusesOversizeHeaders) {
  start();
  EXPECT_THAT(ask("GET /hello/a HTTP/1.1\r\nHost: x\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 431"), HasSubstr("problem+json"), HasSubstr("Connection: close")));
  EXPECT_THAT(ask("GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\n"), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(ask("GET /hello/a HTTP/1.1\r\nHost: x\r\nX: " + std::string(8'000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, RefusesOversizeBodies) {
  start();
  const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  EXPECT_THAT(ask(post + "Content-Length: 1000\r\n\r\n" + std::string(1'000, 'b')),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("bbbb")));
  EXPECT_THAT(ask(post + "Content-Length: 1001\r\n\r\n" + std::string(1'001, 'b')),
              AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("at most 1000 bytes")));
  EXPECT_THAT(ask(post + "Content-Length: 99999999\r\n\r\n" + std::string(500'000, 'b')), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(ask(post + "Transfer-Encoding: chunked\r\n\r\n800\r\n" + std::string(2'048, 'b') + "\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(ask(post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), HasSubstr("\r\n\r\nabc"));
  EXPECT_THAT(ask(post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(ask(post + "Content-Length: -1\r\n\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_F(HttpServerTest, SaysContinueWhenAsked) {
  start();
  RawClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.response(), StartsWith("HTTP/1.1 100 Continue"));
  client.send("hi");
  EXPECT_THAT(client.response(), HasSubstr("\r\n\r\nhi"));
}

TEST_F(HttpServerTest, ServesManyRequestsOnOneConnection) {
  start();
  RawClient client(port());
  for (int i = 0; i < 100; ++i) {
    client.send(get("/hello/" + std::to_string(i)));
    ASSERT_THAT(client.response(), HasSubstr("\r\n\r\n" + std::to_string(i) + "|"));
  }
  EXPECT_EQ(server_->connections(), 1U);
  client.send(get("/hello/a") + get("/hello/b"));  // pipelined
  EXPECT_THAT(client.response(), HasSubstr("a|"));
  EXPECT_THAT(client.response(), HasSubstr("b|"));
  client.send("GET /hello/c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.rest(), AllOf(HasSubstr("c|"), Not(HasSubstr("<open>"))));
}

TEST_F(HttpServerTest, AHalfRequestIsDropped) {
  start();
  RawClient client(port());
  client.send("GET /hello/a HTT");
  client.half_close();
  EXPECT_EQ(client.rest(), "");
  RawClient body(port());
  body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  body.half_close();
  EXPECT_EQ(body.rest(), "");
  EXPECT_THAT(ask(get("/hello/still")), HasSubstr("still|"));
}

TEST_F(HttpServerTest, ASlowClientIsCutOff) {
  HttpServerOptions options;
  options.read_timeout = 150ms;
  options.idle_timeout = 150ms;
  start(options);
  RawClient header(port());
  RawClient body(port());
  RawClient idle(port());
  body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
  // One byte now and then keeps no request alive beyond its deadline.
  std::atomic<bool> done{false};
  std::thread drip([&] {
    std::promise<void> pause;
    const auto never = pause.get_future();
    while (!done) {
      header.send("G");
      never.wait_for(20ms);
    }
  });
  EXPECT_EQ(body.rest(), "");
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(header.rest(), "");
  done = true;
  drip.join();
}

TEST_F(HttpServerTest, BoundsConnectionsPerListener) {
  HttpServerOptions options;
  options.max_connections = 2;
  start(options);
  RawClient first(port());
  RawClient second(port());
  for (RawClient* client : {&first, &second}) {  // the server has read what both are asking for
    client->send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
    ASSERT_THAT(client->response(), StartsWith("HTTP/1.1 100"));
  }
  RawClient third(port());
  EXPECT_EQ(third.rest(), "");
  EXPECT_EQ(server_->refused(), 1U);
  EXPECT_THAT(ask(get("/live"), Listener::kAdmin), StartsWith("HTTP/1.1 200"))
      << "the admin listener has its own share";
}

TEST_F(HttpServerTest, AThousandIdleConnectionsKeepNobodyOut) {
  HttpServerOptions options;
  options.max_connections = 20;
  start(options);
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 1'000; ++i) {
    idle.push_back(std::make_unique<RawClient>(port()));
    if (i % 50 == 49) {
      EXPECT_THAT(ask(get("/live")), StartsWith("HTTP/1.1 200")) << i;
    }
    if (idle.size() > 400) idle.erase(idle.begin());  // this process has descriptors of its own to keep
    EXPECT_LE(server_->connections(), 2 * options.max_connections);
  }
  EXPECT_THAT(ask(get("/live"), Listener::kAdmin), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, HalfHeadersGiveWayToWhoeverAsks) {
  HttpServerOptions options;
  options.max_connections = 20;
  start(options);
  std::vector<std::unique_ptr<RawClient>> half;
  for (int i = 0; i < 200; ++i) {
    half.push_back(std::make_unique<RawClient>(port()));
    half.back()->send("GET /hel");
    if (i % 20 == 19) {
      EXPECT_THAT(ask(get("/live")), StartsWith("HTTP/1.1 200")) << i;
    }
  }
}

TEST_F(HttpServerTest, WhoeverAsksForNothingHasTheTimeOfAHeader) {
  HttpServerOptions options;
  options.read_timeout = 150ms;
  start(options);  // idle_timeout is a minute
  RawClient silent(port());
  RawClient known(port());
  known.send(get("/hello/a"));
  known.response();
  EXPECT_EQ(silent.rest(), "");
  known.send(get("/hello/b"));
  EXPECT_THAT(known.response(), HasSubstr("b|")) << "between two requests there is more time";
}

TEST_F(HttpServerTest, AFailingHandlerIsA500WithoutItsText) {
  start();
  RawClient client(port());
  client.send(get("/throws"));
  EXPECT_THAT(client.response(), AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("49170"))));
  client.send(get("/splits"));
  EXPECT_THAT(client.response(), AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("Evil"))));
  client.send("DELETE /gone HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.response(),
              AllOf(StartsWith("HTTP/1.1 204"), Not(HasSubstr("ignored")), HasSubstr("Cache-Control: private")));
  client.send(get("/hello/on"));
  EXPECT_THAT(client.response(), HasSubstr("on|"));
  server_->stop();
  EXPECT_THAT(logged_, AllOf(HasSubstr("http.handler_failed"), HasSubstr("\"route\":\"/throws\""),
                             HasSubstr("runtime_error"), Not(HasSubstr("49170"))));
}

TEST_F(HttpServerTest, ServesBuiltinRoutes) {
  start();
  EXPECT_THAT(ask(get("/ready")), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\"status\":\"ok\"")));
  EXPECT_THAT(ask(get("/metrics")), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(ask(get("/metrics"), Listener::kAdmin), HasSubstr("\r\n\r\nm 1\n"));
}

TEST_F(HttpServerTest, StopLetsWorkFinishAndClosesIdleConnections) {
  start();
  RawClient idle(port());
  idle.send(get("/hello/x"));
  idle.response();
  RawClient busy(port());
  busy.send(get("/slow"));
  entered_.get_future().wait();
  auto stopping = std::async(std::launch::async, [&] { server_->stop(); });
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(stopping.wait_for(50ms), std::future_status::timeout) << "a request is in work";
  release_.set_value();
  EXPECT_THAT(busy.rest(), AllOf(HasSubstr("late"), HasSubstr("Connection: close"), Not(HasSubstr("<open>"))));
  stopping.get();
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(HttpServerTest, StopDoesNotWaitForHalfRequestsForever) {
  HttpServerOptions options;
  options.drain_timeout = 100ms;
  start(options);
  RawClient half(port());
  half.send(get("/hello/x"));
  half.response();
  half.send("GET /hel");
  server_->stop();
  server_->stop();
  EXPECT_EQ(half.rest(), "");
}

TEST_F(HttpServerTest, ATakenAddressIsRefusedWithASentence) {
  start();
  HttpServerOptions options;
  options.admin_endpoint.port = port();
  HttpServer second(options, routes_, log_);
  const Status started = second.start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text, AllOf(HasSubstr("cannot listen on 127.0.0.1:"), HasSubstr("in use")));
}

TEST_F(HttpServerTest, ServesManyClientsAtOnce) {
  start();
  std::vector<std::thread> clients;
  std::atomic<int> good{0};
  for (int c = 0; c < 8; ++c)
    clients.emplace_back([&, c] {
      RawClient client(port());
      for (int i = 0; i < 50; ++i) {
        const std::string name = std::to_string(c) + "-" + std::to_string(i);
        client.send(get("/hello/" + name));
        if (client.response().ends_with("\r\n\r\n" + name + "|")) ++good;
      }
    });
  for (auto& client : clients) client.join();
  EXPECT_EQ(good, 400);
}

}  // namespace
}  // namespace dlrgw::host
