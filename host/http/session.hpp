// SPDX-License-Identifier: Apache-2.0
// One connection: reads requests, answers them, one after the other. Everything of one session runs in turn on the
// strand of its socket. Made by the server; private to host/http.
#pragma once
#include <atomic>
#include <functional>
#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include "http/auth/token_verifier.hpp"
#include "http/handler_pool.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "http/tls_context.hpp"
#include "telemetry/log.hpp"
#include "telemetry/log_limit.hpp"

namespace dlrgw::host {

// What all sessions of a server share; outlives them.
struct SessionShared {
  const HttpServerOptions& options;
  const RouteTable& routes;
  TokenVerifier* tokens;  // null: no token is valid
  Logger& log;
  LogLimit denied_limit{};
  std::atomic<bool> draining{false};  // answer what has begun, take no more

  [[nodiscard]] HandlerPool& pool(Listener listener) {
    return listener == Listener::kPublic ? public_handlers : admin_handlers;
  }
  TlsContexts tls{};
  HandlerPool public_handlers{options.handler_threads, options.handler_queue};
  HandlerPool admin_handlers{options.handler_threads, options.handler_queue};
};

// In the order in which connections give way to new ones.
enum class SessionPhase {
  kIdle,     // waits for a request that has not begun
  kOpening,  // in its TLS handshake, or in the middle of a header
  kAsking,   // its header is complete: what is being asked for is answered
};

class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;
  // done: the connection is closed; called once, on an I/O thread.
  virtual void start(std::function<void()> done) = 0;
  // [any] Closes at once; what is being answered is cut.
  virtual void close() = 0;
  // [any]
  [[nodiscard]] virtual SessionPhase phase() const = 0;
  // [any] Closes unless it is in a later phase by then.
  virtual void close_up_to(SessionPhase last) = 0;
};

// The socket's executor must be a strand.
std::shared_ptr<Session> make_session(boost::asio::ip::tcp::socket socket, Listener listener, SessionShared& shared);

}  // namespace dlrgw::host
