#include "http/server.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <typeinfo>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/core/demangle.hpp>

#include "http/request_target.hpp"

namespace dlrgw::host {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kFirstRead = 4096;
constexpr std::size_t kBufferMargin = 16U * 1024U;  // beyond the header: what is read of a body at a time
constexpr std::size_t kLingerBytes = 4U << 20U;
constexpr std::chrono::seconds kLinger{1};
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSecurityHeaders{
    {{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}, {"Referrer-Policy", "no-referrer"}}};

struct Session {
  Session(tcp::socket socket, Listener where) : stream(std::move(socket)), listener(where) {}
  beast::tcp_stream stream;  // its executor is a strand: everything of one session runs in turn
  Listener listener;
  bool idle = false;  // on the strand: no request has begun
};

beast::string_view view(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

bool is_http_error(const error_code& ec) { return ec.category() == make_error_code(http::error::bad_value).category(); }

bool header_safe(const std::pair<std::string, std::string>& header) {
  const auto token = [](char c) {
    return c > 0x20 && c < 0x7F && std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
  };
  return !header.first.empty() && std::all_of(header.first.begin(), header.first.end(), token) &&
         header.second.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

bool has_no_body(unsigned status) { return status == 204 || status == 304; }

template <class Body>
http::response<Body> head_of(const HttpResponse& answer, unsigned version, bool keep_alive) {
  http::response<Body> out;
  out.version(version);
  out.result(answer.status);
  for (const auto& [name, value] : kSecurityHeaders) out.set(view(name), view(value));
  for (const auto& [name, value] : answer.headers) out.set(name, value);
  if (!answer.content_type.empty() && !has_no_body(answer.status))
    out.set(http::field::content_type, answer.content_type);
  out.keep_alive(keep_alive);
  return out;
}

// What came of reading one request.
struct Incoming {
  bool gone = false;    // no answer possible: closed, timed out
  bool unread = false;  // part of the request was left on the wire: the connection cannot go on
  bool head = false;
  bool keep_alive = false;
  unsigned version = 11;
  const Route* route = nullptr;
  HttpRequest request;
  std::optional<HttpResponse> refusal;
};

}  // namespace

struct HttpServer::Impl {
  HttpServerOptions options;
  const Router& router;
  Logger& log;
  asio::io_context io;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  std::array<tcp::acceptor, 2> acceptors{tcp::acceptor(asio::make_strand(io)), tcp::acceptor(asio::make_strand(io))};
  std::array<std::uint16_t, 2> ports{0, 0};
  std::vector<std::thread> threads;
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> refused{0};

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::list<std::shared_ptr<Session>> sessions;  // guarded by mutex
  std::array<std::size_t, 2> open{0, 0};         // guarded by mutex; per listener

  Impl(HttpServerOptions chosen, const Router& routes, Logger& logger)
      : options(std::move(chosen)), router(routes), log(logger) {}

  static std::size_t index(Listener listener) { return listener == Listener::kPublic ? 0 : 1; }

  Status bind(Listener listener, const HttpEndpoint& endpoint) {
    tcp::acceptor& acceptor = acceptors[index(listener)];
    const std::string name = endpoint.host + ":" + std::to_string(endpoint.port);
    error_code ec;
    const auto address = asio::ip::make_address(endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host, ec);
    const auto step = [&](auto&& action) {
      if (!ec) action();
    };
    step([&] { acceptor.open(address.is_v6() ? tcp::v6() : tcp::v4(), ec); });
    step([&] { acceptor.set_option(tcp::acceptor::reuse_address(true), ec); });
    step([&] { acceptor.bind({address, endpoint.port}, ec); });
    step([&] { acceptor.listen(asio::socket_base::max_listen_connections, ec); });
    if (ec)
      return Error{ErrorCode::kUnavailable,
                   "cannot listen on " + name + ": " + ec.message() + "; choose a free address of this host"};
    ports[index(listener)] = acceptor.local_endpoint(ec).port();
    return {};
  }

  asio::awaitable<void> accept(Listener listener) {
    tcp::acceptor& acceptor = acceptors[index(listener)];
    asio::steady_timer pause(acceptor.get_executor());
    while (acceptor.is_open()) {
      error_code ec;
      tcp::socket socket(asio::make_strand(io));
      co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
      if (draining) co_return;
      if (ec) {
        // Out of descriptors, for example: wait instead of spinning.
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        continue;
      }
      auto session = std::make_shared<Session>(std::move(socket), listener);
      const auto place = enter(session);
      if (!place) continue;
      asio::co_spawn(session->stream.get_executor(), serve(session),
                     [this, place = *place, listener](const std::exception_ptr& failure) {
                       if (failure) log.emit(Level::kError, "http.session_failed", {});
                       leave(place, listener);
                     });
    }
  }

  std::optional<std::list<std::shared_ptr<Session>>::iterator> enter(const std::shared_ptr<Session>& session) {
    const std::lock_guard lock(mutex);
    if (open[index(session->listener)] >= options.max_connections) {
      ++refused;
      return std::nullopt;
    }
    ++open[index(session->listener)];
    return sessions.insert(sessions.end(), session);
  }

  void leave(std::list<std::shared_ptr<Session>>::iterator place, Listener listener) {
    const std::lock_guard lock(mutex);
    sessions.erase(place);
    --open[index(listener)];
    changed.notify_all();
  }

  asio::awaitable<void> serve(std::shared_ptr<Session> session) {
    beast::tcp_stream& stream = session->stream;
    beast::flat_buffer buffer(options.header_limit + kBufferMargin);
    error_code ec;
    const auto peer = stream.socket().remote_endpoint(ec);
    const std::string peer_text = ec ? std::string() : peer.address().to_string();
    stream.socket().set_option(tcp::no_delay(true), ec);
    bool keep_alive = true;
    while (keep_alive) {
      if (buffer.size() == 0 && !co_await wait_for_request(*session, buffer)) break;
      Incoming in = co_await receive(*session, buffer);
      if (in.gone) break;
      in.request.peer = peer_text;
      const HttpResponse answer = in.refusal ? std::move(*in.refusal) : handle(*in.route, in.request);
      keep_alive = in.keep_alive && !in.unread && !draining;
      if (!co_await reply(stream, answer, in, keep_alive)) break;
      if (in.unread) co_await linger(stream);
    }
    stream.socket().shutdown(tcp::socket::shutdown_both, ec);
    stream.close();
  }

  asio::awaitable<bool> wait_for_request(Session& session, beast::flat_buffer& buffer) {
    if (draining) co_return false;
    error_code ec;
    session.idle = true;
    session.stream.expires_after(options.idle_timeout);
    const std::size_t count = co_await session.stream.async_read_some(buffer.prepare(kFirstRead),
                                                                      asio::redirect_error(asio::use_awaitable, ec));
    session.idle = false;
    buffer.commit(count);
    co_return !ec;
  }

  asio::awaitable<Incoming> receive(Session& session, beast::flat_buffer& buffer) {
    Incoming in;
    error_code ec;
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(options.header_limit));
    parser.body_limit(boost::none);  // known once the route is
    session.stream.expires_after(options.read_timeout);
    co_await http::async_read_header(session.stream, buffer, parser, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) {
      refuse_reading(in, ec);
      co_return in;
    }
    const auto& message = parser.get();
    in.keep_alive = message.keep_alive();
    in.version = message.version();
    in.head = message.method() == http::verb::head;
    in.unread = !parser.is_done();
    examine(in, session.listener, message);
    const auto length = parser.content_length();
    if (!in.refusal && length && *length > in.route->body_limit) in.refusal = too_large(*in.route);
    if (in.refusal || parser.is_done()) {
      in.request.body = std::move(parser.get().body());
      co_return in;
    }
    parser.body_limit(in.route->body_limit);
    session.stream.expires_after(options.read_timeout);
    if (beast::iequals(message[http::field::expect], "100-continue")) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(session.stream, asio::buffer(kContinue.data(), kContinue.size()),
                                 asio::redirect_error(asio::use_awaitable, ec));
    }
    if (!ec) co_await http::async_read(session.stream, buffer, parser, asio::redirect_error(asio::use_awaitable, ec));
    if (ec == http::error::body_limit) {
      in.refusal = too_large(*in.route);
    } else if (ec) {
      refuse_reading(in, ec);
    } else {
      in.unread = false;
      in.request.body = std::move(parser.get().body());
    }
    co_return in;
  }

  static HttpResponse too_large(const Route& route) {
    return problem(413, "the body may have at most " + std::to_string(route.body_limit) + " bytes");
  }

  void refuse_reading(Incoming& in, const error_code& ec) const {
    in.unread = true;
    if (!is_http_error(ec) || ec == http::error::end_of_stream || ec == http::error::partial_message) {
      in.gone = true;
    } else if (ec == http::error::header_limit || ec == http::error::buffer_overflow) {
      in.refusal = problem(
          431, "the request line and headers may have at most " + std::to_string(options.header_limit) + " bytes");
    } else {
      in.refusal = problem(400, "this is no well-formed HTTP/1.1 request");
    }
  }

  // Header complete: finds the route, or the refusal.
  void examine(Incoming& in, Listener listener, const http::request<http::string_body>& message) const {
    in.request.method = std::string(view(message.method_string()));
    if (message.version() >= 11 && message.count(http::field::host) != 1) {
      in.refusal = problem(400, "exactly one Host header is needed");
      return;
    }
    auto target = parse_request_target(view(message.target()));
    if (!target) {
      in.refusal = problem(400, target.error().text);
      return;
    }
    RouteMatch match = router.match(listener, in.request.method, target->path);
    if (match.route == nullptr) {
      in.refusal = match.allow.empty() ? problem(404, "there is nothing at this path")
                                       : problem(405, "this path answers " + match.allow);
      if (!match.allow.empty()) in.refusal->headers.emplace_back("Allow", match.allow);
      return;
    }
    in.route = match.route;
    in.request.path = std::move(target->path);
    in.request.query = std::move(target->query);
    in.request.params = std::move(match.params);
    for (const auto& field : message)
      in.request.headers.emplace_back(std::string(view(field.name_string())), std::string(view(field.value())));
  }

  HttpResponse handle(const Route& route, const HttpRequest& request) {
    std::string failure;
    try {
      HttpResponse answer = route.handler(request);
      if (answer.status >= 200 && answer.status <= 599 &&
          std::all_of(answer.headers.begin(), answer.headers.end(), header_safe) &&
          header_safe({"Content-Type", answer.content_type})) {
        if (has_no_body(answer.status)) answer.body.clear();
        return answer;
      }
      failure = "malformed answer";
    } catch (const std::exception& error) {
      failure = boost::core::demangle(typeid(error).name());  // its text may quote data
    } catch (...) {
      failure = "unknown exception";
    }
    log.emit(Level::kError, "http.handler_failed",
             {{"method", std::string_view(route.method)},
              {"route", std::string_view(route.pattern)},
              {"failure", std::string_view(failure)}});
    return problem(500, "the request could not be answered; the log says more");
  }

  asio::awaitable<bool> reply(beast::tcp_stream& stream, const HttpResponse& answer, const Incoming& in,
                              bool keep_alive) {
    error_code ec;
    stream.expires_after(options.write_timeout);
    if (in.head) {
      auto message = head_of<http::empty_body>(answer, in.version, keep_alive);
      if (!has_no_body(answer.status)) message.content_length(answer.body.size());
      co_await http::async_write(stream, message, asio::redirect_error(asio::use_awaitable, ec));
    } else {
      auto message = head_of<http::string_body>(answer, in.version, keep_alive);
      message.body() = answer.body;
      message.prepare_payload();
      co_await http::async_write(stream, message, asio::redirect_error(asio::use_awaitable, ec));
    }
    co_return !ec;
  }

  // Closing a socket with unread input resets it, and the client would lose the answer: read on for a moment.
  asio::awaitable<void> linger(beast::tcp_stream& stream) {
    error_code ec;
    stream.socket().shutdown(tcp::socket::shutdown_send, ec);
    stream.expires_after(kLinger);
    std::array<char, 8192> waste{};
    for (std::size_t total = 0; !ec && total < kLingerBytes;)
      total += co_await stream.async_read_some(asio::buffer(waste), asio::redirect_error(asio::use_awaitable, ec));
  }

  template <class Action>
  void each_session(Action action) {
    const std::lock_guard lock(mutex);
    for (const auto& session : sessions)
      asio::post(session->stream.get_executor(), [session, action] { action(*session); });
  }

  void close_acceptors() {
    for (tcp::acceptor& acceptor : acceptors) {
      error_code ec;
      acceptor.close(ec);
    }
  }

  void stop() {
    if (threads.empty()) {
      close_acceptors();
      return;
    }
    draining = true;
    for (tcp::acceptor& acceptor : acceptors)
      asio::post(acceptor.get_executor(), [&acceptor] {
        error_code ec;
        acceptor.close(ec);
      });
    each_session([](Session& session) {
      if (session.idle) session.stream.close();
    });
    {
      std::unique_lock lock(mutex);
      changed.wait_for(lock, options.drain_timeout, [this] { return sessions.empty(); });
    }
    each_session([](Session& session) { session.stream.close(); });
    work.reset();
    for (std::thread& thread : threads) thread.join();
    threads.clear();
  }
};

HttpServer::HttpServer(HttpServerOptions options, const Router& router, Logger& log)
    : impl_(std::make_unique<Impl>(std::move(options), router, log)) {}

HttpServer::~HttpServer() { stop(); }

Status HttpServer::start() {
  if (!impl_->threads.empty() || impl_->draining)
    return Error{ErrorCode::kInternal, "the HTTP server starts only once"};
  for (const auto& [listener, endpoint] : {std::pair{Listener::kPublic, impl_->options.public_endpoint},
                                           std::pair{Listener::kAdmin, impl_->options.admin_endpoint}}) {
    if (Status bound = impl_->bind(listener, endpoint); !bound) {
      impl_->close_acceptors();
      return bound;
    }
  }
  impl_->work.emplace(impl_->io.get_executor());
  for (const Listener listener : {Listener::kPublic, Listener::kAdmin})
    asio::co_spawn(impl_->acceptors[Impl::index(listener)].get_executor(), impl_->accept(listener), asio::detached);
  for (unsigned i = 0; i < std::max(1U, impl_->options.threads); ++i)
    impl_->threads.emplace_back([impl = impl_.get()] { impl->io.run(); });
  return {};
}

void HttpServer::stop() { impl_->stop(); }

std::uint16_t HttpServer::port(Listener listener) const { return impl_->ports[Impl::index(listener)]; }

std::size_t HttpServer::connections() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->sessions.size();
}

std::uint64_t HttpServer::refused() const { return impl_->refused.load(); }

}  // namespace dlrgw::host
