// SPDX-License-Identifier: Apache-2.0
// The HTTP server: a public and an admin listener. Owned by the application; start() and stop() come from its main
// thread, never from a handler. Plain handlers run on the I/O threads and must not block. Blocking handlers run on
// handler threads of their listener, so that /live, /ready and /metrics answer whatever those do.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "http/auth/token_verifier.hpp"
#include "http/router.hpp"
#include "support/result.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

struct HttpEndpoint {
  std::string host = "127.0.0.1";  // IP literal or "localhost"
  std::uint16_t port = 0;          // 0 = any free one
};

struct HttpServerOptions {
  HttpEndpoint public_endpoint;
  HttpEndpoint admin_endpoint;
  std::string tls_certificate;  // PEM files; empty: both listeners in the clear, else both under TLS 1.2 or newer
  std::string tls_key;
  std::string admin_client_ca;        // the admin listener takes only clients with a certificate signed by these
  unsigned threads = 2;               // I/O
  unsigned handler_threads = 4;       // per listener
  std::size_t handler_queue = 128;    // per listener: requests that wait for a handler thread; more are answered 503
  std::size_t max_connections = 512;  // per listener; a further one takes the place of the longest idle, of one that is
                                      // still opening, or is closed at once
  std::size_t header_limit = std::size_t{8} * 1024;
  std::chrono::milliseconds read_timeout{
      10'000};  // for the first byte, the header, and again the body, however slowly it drips
  std::chrono::milliseconds write_timeout{10'000};    // of an answer, or of each 64 KiB of a stream
  std::chrono::milliseconds handler_timeout{30'000};  // without a sign from a blocking handler; then 504, or the cut
  std::chrono::milliseconds idle_timeout{60'000};     // between two requests of a connection
  std::chrono::milliseconds drain_timeout{5'000};     // what stop() grants to requests in work
};

class HttpServer {
 public:
  // Routes, logger and verifier are borrowed until the server is destroyed. tokens null: no token is valid.
  HttpServer(HttpServerOptions options, const RouteTable& routes, Logger& log, TokenVerifier* tokens = nullptr);
  ~HttpServer();  // stops
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds both listeners, or neither, and serves. Once.
  Status start();
  // [any] Reads the files of TLS again, for connections to come. An error: they cannot be used, and nothing changes.
  Status renew_tls();
  // Accepts no more, closes idle connections, lets requests in work finish, then closes the rest and waits until each
  // handler has returned. Idempotent.
  void stop();

  // The bound port; 0 before start().
  [[nodiscard]] std::uint16_t port(Listener listener) const;
  [[nodiscard]] std::size_t connections() const;
  // Connections closed because of max_connections.
  [[nodiscard]] std::uint64_t refused() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
