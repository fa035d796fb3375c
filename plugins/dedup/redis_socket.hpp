// SPDX-License-Identifier: Apache-2.0
// The byte stream to a Redis server, in the clear or under TLS, with a hard deadline per call. The libhiredis of Debian
// 12 speaks no TLS, so that only its parser is used. Owned by one connection; one thread at a time.
#pragma once
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "redis_tls.hpp"

namespace dlrgw::dedup {

// The text names what failed, never a key, a value or the password.
class RedisError : public std::runtime_error {
 public:
  RedisError(const std::string& text, bool timed_out) : std::runtime_error(text), timed_out_(timed_out) {}
  [[nodiscard]] bool timed_out() const { return timed_out_; }

 private:
  bool timed_out_;
};
[[noreturn]] void fail_redis(std::string_view doing, std::string_view why, bool timed_out = false);

class RedisSocket {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Connects; with `tls` also the handshake, and the server's certificate must be of `host`. All throw RedisError.
  RedisSocket(const std::string& host, std::uint16_t port, const RedisTls* tls, Deadline deadline);
  ~RedisSocket();
  RedisSocket(const RedisSocket&) = delete;
  RedisSocket& operator=(const RedisSocket&) = delete;

  void write(std::string_view bytes, Deadline deadline);
  // At least one byte into the buffer; how many.
  std::size_t read(char* into, std::size_t size, Deadline deadline);

 private:
  void connect(const std::string& host, std::uint16_t port, Deadline deadline);
  void handshake(const std::string& host, const RedisTls& tls, Deadline deadline);
  [[noreturn]] void refuse_server(Deadline deadline);
  void await(short events, Deadline deadline, std::string_view doing) const;
  // The connection is gone.
  [[noreturn]] void lost(std::string_view doing, const std::string& why) const;
  void send_raw(std::string_view bytes, Deadline deadline, std::string_view doing) const;
  std::size_t receive_raw(char* into, std::size_t size, Deadline deadline, std::string_view doing) const;
  // What TLS has to send is sent; `more`: and what the server sent is taken in.
  void exchange(bool more, Deadline deadline, std::string_view doing);

  int fd_ = -1;
  TlsSession tls_;         // null: in the clear
  bool answered_ = false;  // the server has sent something besides its handshake
};

}  // namespace dlrgw::dedup
