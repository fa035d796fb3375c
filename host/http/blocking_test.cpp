// SPDX-License-Identifier: Apache-2.0
// Blocking handlers behind real sockets: streams, back-pressure, time-outs, failures, and what they must not disturb.
#include <atomic>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/builtin_routes.hpp"
#include "http/exchange.hpp"
#include "http/server.hpp"
#include "http/testing/raw_client.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;
using http_test::RawClient;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::size_t kMuch = 48U << 20U;  // more than two sockets hold

HttpResponse text(std::string body) { return {200, "text/plain", std::move(body), {}}; }

class BlockingHandlerTest : public ::testing::Test {
 protected:
  void add(Listener listener, std::string method, std::string pattern, BlockingHandler handler) {
    Route route{listener, std::move(method), std::move(pattern), {}, 100};
    route.blocking = std::move(handler);
    ASSERT_TRUE(router_->add(std::move(route)));
  }
  void add(std::string pattern, BlockingHandler handler) {
    add(Listener::kPublic, "GET", std::move(pattern), std::move(handler));
  }
  void start(HttpServerOptions options = {}) {
    ASSERT_TRUE(builtin_routes(
        *router_, [] { return true; }, [] { return std::vector<ReadyCheck>{}; }, [] { return std::string("m 1\n"); }));
    routes_.swap(router_);
    server_.emplace(options, routes_, log_);
    ASSERT_TRUE(server_->start());
  }
  std::uint16_t port(Listener listener = Listener::kPublic) { return server_->port(listener); }
  static std::string get(std::string_view path, std::string_view more = {}) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(more) + "\r\n";
  }
  std::string ask(std::string_view path, Listener listener = Listener::kPublic) {
    RawClient client(port(listener));
    client.send(get(path));
    return client.response();
  }
  // Until the server closes.
  std::string rest(const std::string& request) {
    RawClient client(port());
    client.send(request);
    return client.rest();
  }

  std::string logged_;
  Logger log_{"test", Level::kDebug, [this](std::string_view line) { logged_ += line; }};
  std::shared_ptr<Router> router_ = std::make_shared<Router>();
  RouteTable routes_;
  // A handler that waits holds this; destroyed after the server, which waits for handlers.
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
  std::optional<HttpServer> server_;
};

TEST_F(BlockingHandlerTest, SendAnswersOnce) {
  std::promise<std::vector<ErrorCode>> second;
  add("/a", [&](const HttpRequest& request, Exchange& exchange) {
    EXPECT_FALSE(exchange.answered());
    std::vector<ErrorCode> codes;
    codes.push_back(exchange.write("early").error().code);
    codes.push_back(exchange.send({199, "text/plain", "", {}}).error().code);
    codes.push_back(exchange.send({200, "text/plain", "", {{"X", "a\r\nEvil: 1"}}}).error().code);
    codes.push_back(exchange.send({200, "text/plain", "", {{"content-length", "1"}}}).error().code);
    EXPECT_TRUE(
        exchange.send({201, "text/plain", "hi " + request.method, {{"X-A", "1"}, {"Cache-Control", "private"}}}));
    codes.push_back(exchange.send(text("again")).error().code);
    codes.push_back(exchange.begin(text("")).error().code);
    second.set_value(codes);
  });
  start();
  EXPECT_THAT(ask("/a"), AllOf(StartsWith("HTTP/1.1 201"), HasSubstr("X-A: 1\r\n"), HasSubstr("Cache-Control: private"),
                               HasSubstr("nosniff"), Not(HasSubstr("no-store")), EndsWith("\r\n\r\nhi GET")));
  EXPECT_THAT(second.get_future().get(),
              ::testing::ElementsAre(ErrorCode::kDenied, ErrorCode::kInvalid, ErrorCode::kInvalid, ErrorCode::kInvalid,
                                     ErrorCode::kDenied, ErrorCode::kDenied));
}

TEST_F(BlockingHandlerTest, StreamsInChunks) {
  add("/s", [](const HttpRequest&, Exchange& exchange) {
    EXPECT_TRUE(exchange.begin({200, "application/x-ndjson", "ignored", {}}));
    for (const char* line : {"{\"a\":1}\n", "", "{\"b\":2}\n"}) EXPECT_TRUE(exchange.write(line));
  });
  start();
  EXPECT_THAT(rest(get("/s", "Connection: close\r\n")),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Transfer-Encoding: chunked\r\n"),
                    HasSubstr("application/x-ndjson"), Not(HasSubstr("Content-Length")), Not(HasSubstr("ignored")),
                    EndsWith("\r\n\r\n8\r\n{\"a\":1}\n\r\n8\r\n{\"b\":2}\n\r\n0\r\n\r\n")));
  EXPECT_THAT(rest("GET /s HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
              AllOf(Not(HasSubstr("chunked")), EndsWith("\r\n\r\n{\"a\":1}\n{\"b\":2}\n")))
      << "HTTP/1.0 has no chunks: the end of the connection is the end";
  RawClient client(port());
  client.send(get("/s") + get("/live"));
  const std::string both = [&] {
    client.half_close();
    return client.rest();
  }();
  EXPECT_THAT(both, AllOf(HasSubstr("0\r\n\r\nHTTP/1.1 200 OK"), HasSubstr("{\"status\":\"ok\"}")));
}

TEST_F(BlockingHandlerTest, HeadGetsTheHeaderOfAnAnswerAndOfAStream) {
  std::promise<ErrorCode> wrote;
  add("/a", [](const HttpRequest&, Exchange& exchange) { EXPECT_TRUE(exchange.send(text("12345"))); });
  add("/s", [&](const HttpRequest& request, Exchange& exchange) {
    EXPECT_EQ(request.method, "HEAD");
    EXPECT_TRUE(exchange.begin(text("")));
    wrote.set_value(exchange.write("much").error().code);
    EXPECT_TRUE(exchange.abandoned());
  });
  start();
  RawClient client(port());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.response(true), HasSubstr("Content-Length: 5\r\n"));
  client.send("HEAD /s HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.response(true), HasSubstr("chunked"));
  EXPECT_EQ(wrote.get_future().get(), ErrorCode::kUnavailable);
  client.send(get("/live"));
  EXPECT_THAT(client.response(), StartsWith("HTTP/1.1 200"));
}

TEST_F(BlockingHandlerTest, BlockedHandlersStallNothingElse) {
  HttpServerOptions options;
  options.handler_threads = 2;
  options.handler_queue = 1;
  std::atomic<int> entered{0};
  std::promise<void> both;
  add("/wait", [&](const HttpRequest&, Exchange& exchange) {
    if (++entered == 2) both.set_value();
    released_.wait();
    EXPECT_TRUE(exchange.send(text("late")));
  });
  add(Listener::kAdmin, "GET", "/admin",
      [](const HttpRequest&, Exchange& exchange) { EXPECT_TRUE(exchange.send(text("admin"))); });
  start(options);
  RawClient first(port());
  RawClient second(port());
  first.send(get("/wait"));
  second.send(get("/wait"));
  both.get_future().wait();
  EXPECT_THAT(ask("/live"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask("/ready"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask("/admin", Listener::kAdmin), EndsWith("admin")) << "the admin listener has threads of its own";
  // The queue takes one of the next two, and which of them is open; the other one is told at once.
  std::vector<std::future<std::string>> next;
  for (int i = 0; i < 2; ++i) next.push_back(std::async(std::launch::async, [&] { return ask("/wait"); }));
  const auto ready = [](std::future<std::string>& answer) { return answer.wait_for(5ms) == std::future_status::ready; };
  while (!ready(next[0]) && !ready(next[1])) {
  }
  release_.set_value();
  const std::vector<std::string> answers{next[0].get(), next[1].get()};
  EXPECT_THAT(answers, ::testing::UnorderedElementsAre(
                           EndsWith("late"), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: 1\r\n"))));
  EXPECT_THAT(first.response(), EndsWith("late"));
  EXPECT_THAT(second.response(), EndsWith("late"));
}

TEST_F(BlockingHandlerTest, AWriterWaitsForASlowReader) {
  std::atomic<std::size_t> written{0};
  std::promise<void> filled;
  add("/much", [&](const HttpRequest&, Exchange& exchange) {
    const std::string chunk(256U << 10U, 'x');
    EXPECT_TRUE(exchange.begin(text("")));
    while (written < kMuch && exchange.write(chunk)) written += chunk.size();
  });
  start();
  RawClient client(port());
  client.send(get("/much", "Connection: close\r\n"));
  // Nobody reads: what is written comes to a stop far below the whole.
  std::size_t before = 1;
  for (int still = 0; still < 5;) {
    std::promise<void> pause;
    pause.get_future().wait_for(20ms);
    const std::size_t now = written;
    still = now == before ? still + 1 : 0;
    before = now;
  }
  EXPECT_LT(before, kMuch / 2);
  const std::string all = client.rest();
  EXPECT_EQ(static_cast<std::size_t>(std::count(all.begin(), all.end(), 'x')), kMuch + 1) << "one x in the headers";
  EXPECT_THAT(all.substr(all.size() - 5), "0\r\n\r\n");
}

TEST_F(BlockingHandlerTest, AClientThatLeavesEndsTheStream) {
  std::promise<ErrorCode> end;
  add("/much", [&](const HttpRequest&, Exchange& exchange) {
    const std::string chunk(256U << 10U, 'x');
    EXPECT_TRUE(exchange.begin(text("")));
    Status wrote;
    while (wrote) wrote = exchange.write(chunk);
    EXPECT_TRUE(exchange.abandoned());
    EXPECT_FALSE(exchange.write(chunk));
    end.set_value(wrote.error().code);
  });
  start();
  {
    RawClient client(port());
    client.send(get("/much"));
    client.response(true);
  }
  EXPECT_EQ(end.get_future().get(), ErrorCode::kUnavailable);
  EXPECT_THAT(ask("/live"), StartsWith("HTTP/1.1 200"));
}

TEST_F(BlockingHandlerTest, AClientThatStopsReadingIsCutOff) {
  HttpServerOptions options;
  options.write_timeout = 100ms;
  std::promise<ErrorCode> end;
  add("/much", [&](const HttpRequest&, Exchange& exchange) {
    const std::string chunk(256U << 10U, 'x');
    EXPECT_TRUE(exchange.begin(text("")));
    Status wrote;
    while (wrote) wrote = exchange.write(chunk);
    end.set_value(wrote.error().code);
  });
  start(options);
  RawClient client(port());
  client.send(get("/much"));
  EXPECT_EQ(end.get_future().get(), ErrorCode::kUnavailable);
}

TEST_F(BlockingHandlerTest, ATimeOutAnswersForTheHandler) {
  HttpServerOptions options;
  options.handler_timeout = 50ms;
  std::promise<ErrorCode> late;
  add("/slow", [&](const HttpRequest&, Exchange& exchange) {
    released_.wait();
    late.set_value(exchange.send(text("late")).error().code);
  });
  add("/pauses", [&](const HttpRequest&, Exchange& exchange) {
    EXPECT_TRUE(exchange.begin(text("")));
    EXPECT_TRUE(exchange.write("first"));
    released_.wait();
    EXPECT_FALSE(exchange.write("second"));
  });
  start(options);
  EXPECT_THAT(rest(get("/slow")), AllOf(StartsWith("HTTP/1.1 504"), HasSubstr("problem+json"),
                                        HasSubstr("Connection: close"), Not(HasSubstr("<open>"))));
  EXPECT_THAT(rest(get("/pauses")), AllOf(EndsWith("5\r\nfirst\r\n"), Not(HasSubstr("0\r\n\r\n"))));
  release_.set_value();
  EXPECT_EQ(late.get_future().get(), ErrorCode::kUnavailable);
}

TEST_F(BlockingHandlerTest, FailuresBecome500OrACutStream) {
  add("/throws", [](const HttpRequest&, Exchange&) { throw std::runtime_error("+4917012345678"); });
  add("/silent", [](const HttpRequest&, Exchange&) {});
  add("/half", [](const HttpRequest&, Exchange& exchange) {
    EXPECT_TRUE(exchange.begin(text("")));
    EXPECT_TRUE(exchange.write("half"));
    throw std::runtime_error("+4917012345678");
  });
  add("/answered", [](const HttpRequest&, Exchange& exchange) {
    EXPECT_TRUE(exchange.send(text("done")));
    throw std::runtime_error("+4917012345678");
  });
  start();
  RawClient client(port());
  for (const char* path : {"/throws", "/silent"}) {
    client.send(get(path));
    EXPECT_THAT(client.response(),
                AllOf(StartsWith("HTTP/1.1 500"), HasSubstr("problem+json"), Not(HasSubstr("49170"))))
        << path;
  }
  client.send(get("/answered"));
  EXPECT_THAT(client.response(), EndsWith("done"));
  EXPECT_THAT(rest(get("/half")), EndsWith("4\r\nhalf\r\n"))
      << "no last chunk: the client sees that the end is missing";
  server_->stop();
  EXPECT_THAT(logged_, AllOf(HasSubstr("http.handler_failed"), Not(HasSubstr("49170"))));
}

TEST_F(BlockingHandlerTest, BodiesAreBoundedBeforeTheHandler) {
  std::atomic<int> calls{0};
  add(Listener::kPublic, "POST", "/post", [&](const HttpRequest& request, Exchange& exchange) {
    ++calls;
    EXPECT_TRUE(exchange.send(text(request.body)));
  });
  start();
  const auto post = [&](const std::string& rest_of) { return "POST /post HTTP/1.1\r\nHost: x\r\n" + rest_of; };
  EXPECT_THAT(rest(post("Content-Length: 101\r\n\r\n" + std::string(101, 'b'))), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(rest(post("Transfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'b') + "\r\n0\r\n\r\n")),
              StartsWith("HTTP/1.1 413"));
  EXPECT_EQ(calls, 0);
  RawClient client(port());
  client.send(post("Content-Length: 100\r\n\r\n" + std::string(100, 'b')));
  EXPECT_THAT(client.response(), EndsWith(std::string(100, 'b')));
}

TEST_F(BlockingHandlerTest, ASwapOfTheRoutesDisturbsNoRequest) {
  auto keep = std::make_shared<int>(1);
  const std::weak_ptr<int> kept = keep;
  std::promise<void> entered;
  add("/old", [&entered, released = released_, keep](const HttpRequest&, Exchange& exchange) {
    entered.set_value();
    released.wait();
    EXPECT_TRUE(exchange.send(text("old")));
  });
  keep.reset();
  start();
  router_.reset();
  RawClient client(port());
  client.send(get("/old"));
  entered.get_future().wait();
  auto next = std::make_shared<Router>();
  ASSERT_TRUE(next->add({Listener::kPublic, "GET", "/new", [](const HttpRequest&) { return text("new"); }}));
  routes_.swap(next);
  EXPECT_THAT(ask("/new"), EndsWith("new"));
  EXPECT_THAT(ask("/old"), StartsWith("HTTP/1.1 404"));
  EXPECT_FALSE(kept.expired()) << "the running request holds what it began with";
  release_.set_value();
  EXPECT_THAT(client.response(), EndsWith("old"));
  routes_.swap(nullptr);
  EXPECT_THAT(ask("/new"), StartsWith("HTTP/1.1 404"));
  server_->stop();
  EXPECT_TRUE(kept.expired());
}

TEST_F(BlockingHandlerTest, StopFreesAHandlerThatWrites) {
  HttpServerOptions options;
  options.drain_timeout = 50ms;
  std::promise<ErrorCode> end;
  std::promise<void> begun;
  add("/much", [&](const HttpRequest&, Exchange& exchange) {
    const std::string chunk(256U << 10U, 'x');
    EXPECT_TRUE(exchange.begin(text("")));
    begun.set_value();
    Status wrote;
    while (wrote) wrote = exchange.write(chunk);
    end.set_value(wrote.error().code);
  });
  start(options);
  RawClient client(port());
  client.send(get("/much"));
  begun.get_future().wait();
  server_->stop();  // the client never reads: nothing else ends the write
  EXPECT_EQ(end.get_future().get(), ErrorCode::kUnavailable);
}

TEST_F(BlockingHandlerTest, StopLetsAHandlerFinish) {
  std::promise<void> entered;
  add("/wait", [&](const HttpRequest&, Exchange& exchange) {
    entered.set_value();
    released_.wait();
    EXPECT_TRUE(exchange.send(text("late")));
  });
  start();
  RawClient client(port());
  client.send(get("/wait"));
  entered.get_future().wait();
  auto stopping = std::async(std::launch::async, [&] { server_->stop(); });
  EXPECT_EQ(stopping.wait_for(50ms), std::future_status::timeout);
  release_.set_value();
  EXPECT_THAT(client.rest(), AllOf(EndsWith("late"), HasSubstr("Connection: close")));
}

}  // namespace
}  // namespace dlrgw::host
