// SPDX-License-Identifier: Apache-2.0
#include "http/session.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/core/demangle.hpp>

#include "http/admission.hpp"
#include "http/exchange.hpp"
#include "http/incoming.hpp"
#include "http/wire.hpp"

namespace dlrgw::host {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kStreamPiece = std::size_t{64} * 1024;  // of a stream; each gets the write time-out anew
constexpr std::size_t kLingerBytes = 4U << 20U;
constexpr std::chrono::seconds kLinger{1};

asio::const_buffer bytes(std::string_view text) { return {text.data(), text.size()}; }

class HttpSession final : public Session, public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(tcp::socket socket, Listener listener, SessionShared& shared)
      : shared_(shared),
        options_(shared.options),
        listener_(listener),
        stream_(std::move(socket), shared.tls.of(listener).get()),
        reader_(stream_, options_.header_limit),
        signal_(stream_.executor()) {}

  void start(std::function<void()> done) override {
    asio::co_spawn(stream_.executor(), serve(),
                   [self = shared_from_this(), done = std::move(done)](const std::exception_ptr& failure) {
                     if (failure) self->shared_.log.emit(Level::kError, "http.session_failed", {});
                     done();
                   });
  }
  void close() override {
    asio::post(stream_.executor(), [self = shared_from_this()] {
      self->closing_ = true;
      self->stream_.close();
      self->signal_.cancel();
    });
  }
  [[nodiscard]] SessionPhase phase() const override { return phase_; }
  void close_up_to(SessionPhase last) override {
    asio::post(stream_.executor(), [self = shared_from_this(), last] {
      if (self->phase_ <= last) self->stream_.close();
    });
  }

 private:
  asio::awaitable<void> serve() {
    const std::string peer = stream_.peer();
    stream_.send_small_pieces_at_once();
    stream_.expires_after(options_.read_timeout);
    bool keep_alive = !co_await stream_.handshake();
    while (keep_alive) {
      if (!reader_.begun() && !co_await wait_for_request()) break;
      Incoming in = co_await receive();
      if (in.gone) break;
      phase_ = SessionPhase::kAsking;
      in.request.peer = peer;
      const bool sent = co_await answer(in);
      answered_ = true;
      if (in.unread && sent) co_await linger();
      keep_alive = sent && in.keep_alive;
    }
    if (!closing_) co_await stream_.say_goodbye(kLinger);
    stream_.shutdown(tcp::socket::shutdown_both);
    stream_.close();
  }

  asio::awaitable<bool> wait_for_request() {
    if (shared_.draining) co_return false;
    phase_ = SessionPhase::kIdle;
    // A client that connects and asks for nothing has the read time-out, not the longer one between two requests.
    stream_.expires_after(answered_ ? options_.idle_timeout : options_.read_timeout);
    const bool begun = co_await reader_.wait();
    phase_ = SessionPhase::kOpening;
    co_return begun;
  }

  asio::awaitable<Incoming> receive() {
    Incoming in;
    RequestHead head;
    stream_.expires_after(options_.read_timeout);
    if (const ReadFailure failure = co_await reader_.read_head(head); failure != ReadFailure::kNone) {
      refuse_reading(in, failure, options_.header_limit);
      co_return in;
    }
    phase_ = SessionPhase::kAsking;
    in.keep_alive = head.keep_alive;
    in.version = head.version;
    in.head = head.method == "HEAD";
    in.unread = !reader_.complete();
    examine(in, head);
    if (!in.refusal && head.content_length && *head.content_length > in.route->body_limit)
      in.refusal = too_large(*in.route);
    if (in.refusal || reader_.complete()) {
      in.request.body = reader_.take_body();
      co_return in;
    }
    stream_.expires_after(options_.read_timeout);
    if (head.expects_continue && !co_await send("HTTP/1.1 100 Continue\r\n\r\n")) {
      in.gone = true;
      co_return in;
    }
    const ReadFailure failure = co_await reader_.read_body(in.route->body_limit);
    if (failure == ReadFailure::kBodyTooLong) {
      in.refusal = too_large(*in.route);
    } else if (failure != ReadFailure::kNone) {
      refuse_reading(in, failure, options_.header_limit);
    } else {
      in.unread = false;
      in.request.body = reader_.take_body();
    }
    co_return in;
  }

  // Header complete: finds the route, or the refusal.
  void examine(Incoming& in, RequestHead& head) const {
    in.request.method = std::move(head.method);
    if (head.version >= 11 && head.hosts != 1) {
      in.refusal = problem(400, "exactly one Host header is needed");
      return;
    }
    in.request.headers = std::move(head.headers);
    in.router = shared_.routes.current();
    if (in.router == nullptr) {
      in.refusal = problem(404, "there is nothing at this path");
      return;
    }
    Admission admitted = admit(*in.router, shared_.tokens, listener_, head.target, in.request);
    in.route = admitted.route;
    in.refusal = std::move(admitted.refusal);
    if (in.refusal && in.refusal->status == 403) tell_denied(in.request);
  }

  // Logs that a bearer of a valid token was denied. At most one line a second.
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

  // Hands the request to a handler thread and does what the handler asks for, until it has returned or the client is
  // gone.
  asio::awaitable<bool> exchange(Incoming& in) {
    auto shared_exchange = std::make_shared<Exchange>(std::move(in.request), [self = shared_from_this()] {
      asio::post(self->stream_.executor(), [self] { self->signal_.cancel(); });
    });
    Exchange& handler = *shared_exchange;
    const bool taken = shared_.pool(listener_).submit(
        // The handler's thread releases the router last: destroying what it holds may take long.
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
    co_await signal_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    co_return ec == asio::error::operation_aborted && !closing_;
  }

  asio::awaitable<bool> busy(Incoming& in) {
    HttpResponse refusal = problem(503, "too many requests are waiting; try again");
    refusal.headers.emplace_back("Retry-After", "1");
    co_return co_await reply(refusal, in);
  }

  // Known only now: the server may have begun to drain while the handler worked.
  void decide_connection(Incoming& in) const { in.keep_alive = in.keep_alive && !in.unread && !shared_.draining; }

  asio::awaitable<bool> send(std::string_view first, std::string_view then = {}, std::string_view last = {}) {
    const std::array buffers{bytes(first), bytes(then), bytes(last)};
    co_return !co_await stream_.write(buffers);
  }

  asio::awaitable<bool> reply(const HttpResponse& answer, Incoming& in) {
    decide_connection(in);
    stream_.expires_after(options_.write_timeout);
    const bool bodiless = has_no_body(answer.status);
    const BodyFrame frame = bodiless ? BodyFrame{} : BodyFrame{.length = answer.body.size()};
    const std::string head = answer_head(answer, in.version, in.keep_alive, frame);
    co_return co_await send(head, in.head || bodiless ? std::string_view() : std::string_view(answer.body));
  }

  // HTTP/1.0 knows no chunks: there the end of the connection ends the stream.
  static bool chunked(const Incoming& in) { return in.version >= 11; }

  asio::awaitable<bool> begin_stream(const HttpResponse& head, Incoming& in) {
    decide_connection(in);
    if (!chunked(in)) in.keep_alive = false;
    const bool chunks = chunked(in) && !has_no_body(head.status);
    stream_.expires_after(options_.write_timeout);
    co_return co_await send(answer_head(head, in.version, in.keep_alive, {.length = {}, .chunked = chunks}));
  }

  asio::awaitable<bool> write_chunk(std::string_view chunk, const Incoming& in) {
    while (!chunk.empty()) {
      const std::string_view piece = chunk.substr(0, kStreamPiece);
      stream_.expires_after(options_.write_timeout);
      const bool sent =
          chunked(in) ? co_await send(chunk_size_line(piece.size()), piece, "\r\n") : co_await send(piece);
      if (!sent) co_return false;
      chunk.remove_prefix(piece.size());
    }
    co_return true;
  }

  asio::awaitable<bool> end_stream(const Incoming& in) {
    if (!chunked(in) || in.head) co_return true;
    stream_.expires_after(options_.write_timeout);
    co_return co_await send(kLastChunk);
  }

  // Closing a socket with unread input resets it, and the client would lose the answer. So read on for a moment.
  asio::awaitable<void> linger() {
    co_await stream_.say_goodbye(kLinger);
    stream_.shutdown(tcp::socket::shutdown_send);
    co_await stream_.discard(kLingerBytes, kLinger);
  }

  SessionShared& shared_;
  const HttpServerOptions& options_;
  const Listener listener_;
  std::atomic<SessionPhase> phase_{SessionPhase::kOpening};
  bool answered_ = false;  // at least one request
  // Below: on the strand.
  Transport stream_;
  RequestReader reader_;
  asio::steady_timer signal_;  // cancelled when the handler has something to say
  bool closing_ = false;
};

}  // namespace

std::shared_ptr<Session> make_session(tcp::socket socket, Listener listener, SessionShared& shared) {
  return std::make_shared<HttpSession>(std::move(socket), listener, shared);
}

}  // namespace dlrgw::host
