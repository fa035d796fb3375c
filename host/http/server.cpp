// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <list>
#include <optional>
#include <thread>
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

#include <dlrgw/cpp/mutex.hpp>

#include "http/session.hpp"
#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

struct HttpServer::Impl {
  using Sessions = std::list<std::shared_ptr<Session>>;

  const HttpServerOptions options;
  asio::io_context io;
  SessionShared shared;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  std::array<tcp::acceptor, 2> acceptors{tcp::acceptor(asio::make_strand(io)), tcp::acceptor(asio::make_strand(io))};
  std::array<std::uint16_t, 2> ports{0, 0};
  std::vector<std::thread> threads;
  std::atomic<std::uint64_t> refused{0};

  mutable Mutex mutex;
  std::condition_variable_any changed;
  std::array<Sessions, 2> sessions DLRGW_GUARDED_BY(mutex);  // per listener, the longest idle first

  Impl(HttpServerOptions chosen, const RouteTable& routes, TokenVerifier* tokens, Logger& log)
      : options(std::move(chosen)), shared{options, routes, tokens, log} {}

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
      if (shared.draining) co_return;
      if (ec) {
        // Out of descriptors, for example: wait instead of spinning.
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        continue;
      }
      const auto place = enter(std::move(socket), listener);
      if (!place) continue;
      (**place)->start([this, place = *place, listener] { leave(place, listener); });
    }
  }

  // nullopt: the listener is full of requests.
  std::optional<Sessions::iterator> enter(tcp::socket&& socket, Listener listener) {
    const MutexLock lock(mutex);
    Sessions& here = sessions[index(listener)];
    if (here.size() >= options.max_connections) {
      // Clients that hold connections without asking for anything must not keep others out: the connection that has
      // been idle for longest gives way, then the one that has been opening for longest. A connection that is being
      // closed still counts, so at most twice the limit is ever open.
      const auto in_phase = [&](SessionPhase phase) {
        return std::find_if(here.begin(), here.end(), [&](const auto& session) { return session->phase() == phase; });
      };
      auto victim = in_phase(SessionPhase::kIdle);
      if (victim == here.end()) victim = in_phase(SessionPhase::kOpening);
      if (victim == here.end() || here.size() >= 2 * options.max_connections) {
        ++refused;
        return std::nullopt;
      }
      (*victim)->close_up_to(SessionPhase::kOpening);
      here.splice(here.end(), here, victim);
    }
    return here.insert(here.end(), make_session(std::move(socket), listener, shared));
  }

  void leave(Sessions::iterator place, Listener listener) {
    const MutexLock lock(mutex);
    sessions[index(listener)].erase(place);
    changed.notify_all();
  }

  template <class Action>
  void each_session(Action&& action) {
    const MutexLock lock(mutex);
    for (const Sessions& list : sessions)
      for (const auto& session : list) action(*session);
  }

  [[nodiscard]] std::size_t count() const DLRGW_REQUIRES(mutex) { return sessions[0].size() + sessions[1].size(); }

  Status load_tls() { return shared.tls.load({options.tls_certificate, options.tls_key, options.admin_client_ca}); }

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
    shared.draining = true;
    for (tcp::acceptor& acceptor : acceptors)
      asio::post(acceptor.get_executor(), [&acceptor] {
        error_code ec;
        acceptor.close(ec);
      });
    each_session([](Session& session) { session.close_up_to(SessionPhase::kIdle); });
    {
      MutexLock lock(mutex);
      changed.wait_for(lock, options.drain_timeout, [this]() DLRGW_REQUIRES(mutex) { return count() == 0; });
    }
    each_session([](Session& session) { session.close(); });
    // While the I/O threads still run: they end the writes of handlers whose clients are gone.
    shared.public_handlers.stop();
    shared.admin_handlers.stop();
    work.reset();
    for (std::thread& thread : threads) thread.join();
    threads.clear();
  }
};

HttpServer::HttpServer(HttpServerOptions options, const RouteTable& routes, Logger& log, TokenVerifier* tokens)
    : impl_(std::make_unique<Impl>(std::move(options), routes, tokens, log)) {}

HttpServer::~HttpServer() { stop(); }

Status HttpServer::start() {
  if (!impl_->threads.empty() || impl_->shared.draining)
    return Error{ErrorCode::kInternal, "the HTTP server starts only once"};
  if (Status loaded = impl_->load_tls(); !loaded) return loaded;
  for (const auto& [listener, endpoint] : {std::pair{Listener::kPublic, impl_->options.public_endpoint},
                                           std::pair{Listener::kAdmin, impl_->options.admin_endpoint}}) {
    if (Status bound = impl_->bind(listener, endpoint); !bound) {
      impl_->close_acceptors();
      return bound;
    }
  }
  impl_->shared.public_handlers.start();
  impl_->shared.admin_handlers.start();
  impl_->work.emplace(impl_->io.get_executor());
  for (const Listener listener : {Listener::kPublic, Listener::kAdmin})
    asio::co_spawn(impl_->acceptors[Impl::index(listener)].get_executor(), impl_->accept(listener), asio::detached);
  for (unsigned i = 0; i < std::max(1U, impl_->options.threads); ++i)
    impl_->threads.emplace_back([impl = impl_.get()] {
      name_thread("http");
      impl->io.run();
    });
  return {};
}

Status HttpServer::renew_tls() { return impl_->load_tls(); }

void HttpServer::stop() { impl_->stop(); }

std::uint16_t HttpServer::port(Listener listener) const { return impl_->ports[Impl::index(listener)]; }

std::size_t HttpServer::connections() const {
  const MutexLock lock(impl_->mutex);
  return impl_->count();
}

std::uint64_t HttpServer::refused() const { return impl_->refused.load(); }

}  // namespace dlrgw::host
