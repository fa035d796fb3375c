// SPDX-License-Identifier: Apache-2.0
// The gateway's connection to NATS: reconnects for ever, fails fast while the server is away, and numbers every
// connection, so that an acknowledgement meant for an earlier one can be dropped. Owned by the app; every function may
// be called from any thread. Pull subscription, API client and publish slots borrow it and must be destroyed before it.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nats/subjects.hpp"
#include "support/result.hpp"
#include "telemetry/log.hpp"

// nats.c's; its header stays in this folder's .cpp files.
struct __natsConnection;  // NOLINT(bugprone-reserved-identifier): the name is not ours

namespace dlrgw::host {

struct NatsOptions {
  std::vector<std::string> urls;  // each may itself be a list separated by commas
  std::string name = "dlr-gateway";
  std::string user;
  std::string password;
  std::string password_file;  // not empty: the password is read from it for each connection
  std::string token;
  std::string creds_file;  // a .creds file with JWT and seed; likewise
  std::string tls_ca;      // files in PEM; any of the three turns TLS on
  std::string tls_cert;
  std::string tls_key;
  std::string api_prefix{subjects::kApi};  // what JetStream's API is asked under
  std::chrono::milliseconds connect_timeout{2'000};
  std::chrono::milliseconds reconnect_wait{250};
  std::chrono::milliseconds reconnect_jitter{100};
  // A silent server is noticed after the third tick: at most 4.5 s.
  std::chrono::milliseconds ping_interval{1'500};
  int max_pings_out = 2;
};

// Called from a thread of nats.c: return soon, and never destroy the connection there.
struct NatsListener {
  std::function<void(const std::string& reason)> on_disconnected;
  std::function<void()> on_connected;  // first connect and every reconnect
};

class NatsConnection {
 public:
  NatsConnection(NatsOptions options, Logger& log, NatsListener listener = {});
  ~NatsConnection();
  NatsConnection(const NatsConnection&) = delete;
  NatsConnection& operator=(const NatsConnection&) = delete;

  // Makes the first attempt. OK: connected. kUnavailable: not yet, but attempts go on by themselves, there is nothing
  // to do. kInvalid: the options can never work (no URL, unreadable certificate).
  Status open();
  // Reads the files of the options again. They serve from the next connection on: one that works is not given up for
  // them. kInvalid: a file cannot be used, and what was read before stays. After open().
  Status renew();
  // Ends it for good; what was published before is given up to `flush` to leave.
  void close(std::chrono::milliseconds flush);

  [[nodiscard]] const std::string& api_prefix() const;  // of the options
  [[nodiscard]] bool connected() const;
  // Grows with every new connection to a server; 0 before the first open(). A token of another epoch is void.
  [[nodiscard]] std::uint64_t epoch() const;
  // The same, asked of nats.c: never behind a message that has arrived. For whoever tags deliveries.
  std::uint64_t refresh_epoch();
  [[nodiscard]] std::string last_error() const;  // of the connection, without secrets; may be empty

  // Hand the message to the connection without waiting for the server. kUnavailable at once while it is away (one
  // message may slip into the gap before its loss is noticed; nothing else is buffered for the next connection); kData
  // when it is larger than the server takes.
  Status publish(std::string_view subject, std::string_view payload);
  Status publish_request(std::string_view subject, std::string_view reply, std::string_view payload);
  // Waits until the server has seen everything published so far.
  Status flush(std::chrono::milliseconds timeout);

  // How often the server refused a subject so far; each refusal is logged as dlr.nats.permission.
  [[nodiscard]] std::uint64_t permission_errors() const;

  // For this folder: the current connection of nats.c, null before open(). Another one after an authentication failure,
  // together with another epoch.
  [[nodiscard]] std::shared_ptr<__natsConnection> native() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
