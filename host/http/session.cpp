#include "http/session.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <typeinfo>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/core/demangle.hpp>

#include "http/admission.hpp"
#include "http/answer_head.hpp"
#include "http/exchange.hpp"
#include "http/incoming.hpp"
#include "http/transport.hpp"

namespace dlrgw::host {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kFirstRead = 4096;
constexpr std::size_t kBufferMargin = 16U * 1024U;  // beyond the header: what is read of a body at a time
constexpr std::size_t kStreamPiece = 64U * 1024U;   // of a stream; each gets the write time-out anew
constexpr std::size_t kLingerBytes = 4U << 20U;
constexpr std::chrono::seconds kLinger{1};

auto into(error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

class HttpSession final : public Session, public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(tcp::socket socket, Listener listener, SessionShared& shared)
      : shared_(shared),
        options_(shared.options),
        listener_(listener),
        stream_(std::move(socket), shared.tls(listener)),
        signal_(stream_.get_executor()) {}

  void start(std::function<void()> done) override {
    asio::co_spawn(stream_.get_executor(), serve(),
                   [self = shared_from_this(), done = std::move(done)](const std::exception_ptr& failure) {
                     if (failure) self->shared_.log.emit(Level::kError, "http.session_failed", {});
                     done();
                   });
  }
  void close() override {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      self->closing_ = true;
      self->stream_.tcp().close();
      self->signal_.cancel();
    });
  }
  [[nodiscard]] SessionPhase phase() const override { return phase_; }
  void close_up_to(SessionPhase last) override {
    asio::post(stream_.get_executor(), [self = shared_from_this(), last] {
      if (self->phase_ <= last) self->stream_.tcp().close();
    });
  }

 private:
  asio::awaitable<void> serve() {
    beast::flat_buffer buffer(options_.header_limit + kBufferMargin);
    error_code ec;
    const auto peer = stream_.tcp().socket().remote_endpoint(ec);
    const std::string peer_text = ec ? std::string() : peer.address().to_string();
    stream_.tcp().socket().set_option(tcp::no_delay(true), ec);
    bool keep_alive = co_await handshake();
    while (keep_alive) {
      if (buffer.size() == 0 && !co_await wait_for_request(buffer)) break;
      Incoming in = co_await receive(buffer);
      if (in.gone) break;
      phase_ = SessionPhase::kAsking;
      in.request.peer = peer_text;
      const bool sent = co_await answer(in);
      answered_ = true;
      if (in.unread && sent) co_await linger();
      keep_alive = sent && in.keep_alive;
    }
    if (!closing_) co_await say_goodbye();
    stream_.tcp().socket().shutdown(tcp::socket::shutdown_both, ec);
    stream_.tcp().close();
  }

  asio::awaitable<bool> handshake() {
    if (!stream_.secured()) co_return true;
    error_code ec;
    stream_.tcp().expires_after(options_.read_timeout);
    co_await stream_.tls().async_handshake(asio::ssl::stream_base::server, into(ec));
    secured_ = !ec;
    co_return secured_;
  }

  // Without it a client cannot tell the end of an answer from a cut.
  asio::awaitable<void> say_goodbye() {
    if (!secured_) co_return;
    error_code ec;
    secured_ = false;
    stream_.tcp().expires_after(kLinger);
    co_await stream_.tls().async_shutdown(into(ec));
  }

  asio::awaitable<bool> wait_for_request(beast::flat_buffer& buffer) {
    if (shared_.draining) co_return false;
    error_code ec;
    phase_ = SessionPhase::kIdle;
    // Whoever connects and asks for nothing has the time of a header, not that of a client between two requests.
    stream_.tcp().expires_after(answered_ ? options_.idle_timeout : options_.read_timeout);
    const std::size_t count = co_await stream_.async_read_some(buffer.prepare(kFirstRead), into(ec));
    phase_ = SessionPhase::kOpening;
    buffer.commit(count);
    co_return !ec;
  }

  asio::awaitable<Incoming> receive(beast::flat_buffer& buffer) {
    Incoming in;
    error_code ec;
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(options_.header_limit));
    parser.body_limit(boost::none);  // known once the route is
    stream_.tcp().expires_after(options_.read_timeout);
    co_await http::async_read_header(stream_, buffer, parser, into(ec));
    if (ec) {
      refuse_reading(in, ec, options_.header_limit);
      co_return in;
    }
    phase_ = SessionPhase::kAsking;
    const auto& message = parser.get();
    in.keep_alive = message.keep_alive();
    in.version = message.version();
    in.head = message.method() == http::verb::head;
    in.unread = !parser.is_done();
    examine(in, message);
    const auto length = parser.content_length();
    if (!in.refusal && length && *length > in.route->body_limit) in.refusal = too_large(*in.route);
    if (in.refusal || parser.is_done()) {
      in.request.body = std::move(parser.get().body());
      co_return in;
    }
    parser.body_limit(in.route->body_limit);
    stream_.tcp().expires_after(options_.read_timeout);
    if (beast::iequals(message[http::field::expect], "100-continue")) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()), into(ec));
    }
    if (!ec) co_await http::async_read(stream_, buffer, parser, into(ec));
    if (ec == http::error::body_limit) {
      in.refusal = too_large(*in.route);
    } else if (ec) {
      refuse_reading(in, ec, options_.header_limit);
    } else {
      in.unread = false;
      in.request.body = std::move(parser.get().body());
    }
    co_return in;
  }

  // Header complete: finds the route, or the refusal.
  void examine(Incoming& in, const http::request<http::string_body>& message) const {
    in.request.method = std::string(view(message.method_string()));
    if (message.version() >= 11 && message.count(http::field::host) != 1) {
      in.refusal = problem(400, "exactly one Host header is needed");
      return;
    }
    for (const auto& field : message)
      in.request.headers.emplace_back(std::string(view(field.name_string())), std::string(view(field.value())));
    in.router = shared_.routes.current();
    if (in.router == nullptr) {
      in.refusal = problem(404, "there is nothing at this path");
      return;
    }
    Admission admitted = admit(*in.router, shared_.tokens, listener_, view(message.target()), in.request);
    in.route = admitted.route;
    in.refusal = std::move(admitted.refusal);
    if (in.refusal && in.refusal->status == 403) tell_denied(in.request);
  }

  // Somebody who is known tried what they may not. At most one line a second.
  void tell_denied(const HttpRequest& request) const {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto left_out =
        shared_.denied_limit.admit("denied", std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    if (!left_out || !request.claims) return;
    shared_.log.emit(Level::kWarn, "dlr.http.denied",
                     {{"subject", std::string_view(request.claims->subject)},
                      {"method", std::string_view(request.method)},
                      {"path", std::string_view(request.path)},
                      {"leftOut", static_cast<std::int64_t>(*left_out)}});
  }

  asio::awaitable<bool> answer(Incoming& in) {
    if (in.refusal) co_return co_await reply(*in.refusal, in);
    if (in.route->handler) {
      const HttpResponse answered = call(*in.route, in.request);
      co_return co_await reply(answered, in);
    }
    co_return co_await exchange(in);
  }

  void failed(const Route& route, std::string_view failure) const {
    shared_.log.emit(
        Level::kError, "http.handler_failed",
        {{"method", std::string_view(route.method)}, {"route", std::string_view(route.pattern)}, {"failure", failure}});
  }

  // The text of an exception may quote data: its type is logged.
  template <class Call>
  bool guarded(const Route& route, Call&& fn) const {
    try {
      fn();
      return true;
    } catch (const std::exception& error) {
      failed(route, boost::core::demangle(typeid(error).name()));
    } catch (...) {
      failed(route, "unknown exception");
    }
    return false;
  }

  static HttpResponse internal_error() { return problem(500, "the request could not be answered; the log says more"); }

  HttpResponse call(const Route& route, const HttpRequest& request) const {
    HttpResponse out;
    if (!guarded(route, [&] { out = route.handler(request); })) return internal_error();
    if (well_formed(out)) return out;
    failed(route, "malformed answer");
    return internal_error();
  }

  // Hands the request to a handler thread and does what it asks for, until it has returned or nobody listens any more.
  asio::awaitable<bool> exchange(Incoming& in) {
    auto shared_exchange = std::make_shared<Exchange>(std::move(in.request), [self = shared_from_this()] {
      asio::post(self->stream_.get_executor(), [self] { self->signal_.cancel(); });
    });
    Exchange& handler = *shared_exchange;
    const bool taken = shared_.pool(listener_).submit(
        // The handler's thread lets go of the router last: what it holds may be large to destroy.
        [self = shared_from_this(), shared_exchange, router = std::move(in.router), route = in.route] {
          if (shared_exchange->abandoned()) return;
          const bool ok = self->guarded(*route, [&] { route->blocking(shared_exchange->request(), *shared_exchange); });
          shared_exchange->finish(ok);
        });
    if (!taken) co_return co_await busy(in);
    bool streaming = false;
    while (true) {
      Exchange::Step step = handler.next();
      switch (step.event) {
        case Exchange::Event::kWhole:
          co_return co_await reply(step.answer, in);
        case Exchange::Event::kUnanswered:
          co_return co_await reply(internal_error(), in);
        case Exchange::Event::kHead:
          streaming = true;
          if (co_await begin_stream(step.answer, in)) break;
          handler.abandon();
          co_return false;
        case Exchange::Event::kChunk:
          if (co_await write_chunk(step.chunk, in)) {
            handler.chunk_taken();
            break;
          }
          handler.abandon();
          co_return false;
        case Exchange::Event::kEnd:
          co_return co_await end_stream(in);
        case Exchange::Event::kCut:
          co_return false;
        case Exchange::Event::kNone:
          if (co_await signalled()) break;
          handler.abandon();
          if (streaming || closing_) co_return false;
          in.keep_alive = false;
          co_return co_await reply(problem(504, "the request took too long; ask for less, or try again later"), in);
      }
    }
  }

  // False: the handler gave no sign in time, or the session is being closed.
  asio::awaitable<bool> signalled() {
    if (closing_) co_return false;
    error_code ec;
    signal_.expires_after(options_.handler_timeout);
    co_await signal_.async_wait(into(ec));
    co_return ec == asio::error::operation_aborted && !closing_;
  }

  asio::awaitable<bool> busy(Incoming& in) {
    HttpResponse refusal = problem(503, "too many requests are waiting; try again");
    refusal.headers.emplace_back("Retry-After", "1");
    co_return co_await reply(refusal, in);
  }

  // Known only now: the server may have begun to drain while the handler worked.
  void decide_connection(Incoming& in) const { in.keep_alive = in.keep_alive && !in.unread && !shared_.draining; }

  asio::awaitable<bool> reply(const HttpResponse& answer, Incoming& in) {
    error_code ec;
    decide_connection(in);
    stream_.tcp().expires_after(options_.write_timeout);
    if (in.head || has_no_body(answer.status)) {
      auto message = head_of<http::empty_body>(answer, in.version, in.keep_alive);
      if (!has_no_body(answer.status)) message.content_length(answer.body.size());
      co_await http::async_write(stream_, message, into(ec));
    } else {
      auto message = head_of<http::string_body>(answer, in.version, in.keep_alive);
      message.body() = answer.body;
      message.prepare_payload();
      co_await http::async_write(stream_, message, into(ec));
    }
    co_return !ec;
  }

  // HTTP/1.0 knows no chunks: there the end of the connection ends the stream.
  static bool chunked(const Incoming& in) { return in.version >= 11; }

  asio::awaitable<bool> begin_stream(const HttpResponse& head, Incoming& in) {
    error_code ec;
    decide_connection(in);
    if (!chunked(in)) in.keep_alive = false;
    auto message = head_of<http::empty_body>(head, in.version, in.keep_alive);
    if (chunked(in) && !has_no_body(head.status)) message.chunked(true);
    http::response_serializer<http::empty_body> serializer(message);
    stream_.tcp().expires_after(options_.write_timeout);
    co_await http::async_write_header(stream_, serializer, into(ec));
    co_return !ec;
  }

  asio::awaitable<bool> write_chunk(std::string_view chunk, const Incoming& in) {
    error_code ec;
    while (!chunk.empty() && !ec) {
      const auto piece = asio::buffer(chunk.data(), std::min(chunk.size(), kStreamPiece));
      stream_.tcp().expires_after(options_.write_timeout);
      if (chunked(in)) {
        co_await asio::async_write(stream_, http::make_chunk(piece), into(ec));
      } else {
        co_await asio::async_write(stream_, piece, into(ec));
      }
      chunk.remove_prefix(piece.size());
    }
    co_return !ec;
  }

  asio::awaitable<bool> end_stream(const Incoming& in) {
    if (!chunked(in)) co_return true;
    if (in.head) co_return true;
    error_code ec;
    stream_.tcp().expires_after(options_.write_timeout);
    co_await asio::async_write(stream_, http::make_chunk_last(), into(ec));
    co_return !ec;
  }

  // Closing a socket with unread input resets it, and the client would lose the answer: read on for a moment.
  asio::awaitable<void> linger() {
    error_code ec;
    co_await say_goodbye();
    stream_.tcp().socket().shutdown(tcp::socket::shutdown_send, ec);
    stream_.tcp().expires_after(kLinger);
    std::array<char, 8192> waste{};
    for (std::size_t total = 0; !ec && total < kLingerBytes;)
      total += co_await stream_.tcp().async_read_some(asio::buffer(waste), into(ec));
  }

  SessionShared& shared_;
  const HttpServerOptions& options_;
  const Listener listener_;
  std::atomic<SessionPhase> phase_{SessionPhase::kOpening};
  bool answered_ = false;  // at least one request
  // Below: on the strand.
  Transport stream_;
  asio::steady_timer signal_;  // cancelled when the handler has something to say
  bool secured_ = false;       // the TLS handshake is done and nobody has said goodbye
  bool closing_ = false;
};

}  // namespace

std::shared_ptr<Session> make_session(tcp::socket socket, Listener listener, SessionShared& shared) {
  return std::make_shared<HttpSession>(std::move(socket), listener, shared);
}

}  // namespace dlrgw::host
