// SPDX-License-Identifier: Apache-2.0
#include "redis_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <poll.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace dlrgw::dedup {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

constexpr std::string_view kHandshake = "TLS handshake";

}  // namespace

void fail_redis(std::string_view doing, std::string_view why, bool timed_out) {
  throw RedisError(std::string("Redis: ").append(doing).append(": ").append(why), timed_out);
}

RedisSocket::RedisSocket(const std::string& host, std::uint16_t port, const RedisTls* tls, Deadline deadline) {
  try {
    connect(host, port, deadline);
    if (tls != nullptr) handshake(host, *tls, deadline);
  } catch (...) {
    if (fd_ >= 0) close(fd_);
    throw;
  }
}

RedisSocket::~RedisSocket() { close(fd_); }

void RedisSocket::connect(const std::string& host, std::uint16_t port, Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0)
    fail_redis("connect", gai_strerror(error));
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    if (fd_ >= 0) close(fd_);
    fd_ = socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, one->ai_protocol);
    if (fd_ < 0) fail_redis("connect", std::strerror(errno));
    error = ::connect(fd_, one->ai_addr, one->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      await(POLLOUT, deadline, "connect");
      socklen_t length = sizeof error;
      if (getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
    }
    if (error == 0) break;
  }
  if (error != 0) fail_redis("connect", std::strerror(error));
  constexpr int kOn = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof kOn);
}

void RedisSocket::await(short events, Deadline deadline, std::string_view doing) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      fail_redis(doing,
                 doing == kHandshake ? "no answer within the time budget; it may speak no TLS at this port"
                                     : "no answer within the time budget",
                 true);
    pollfd fd{fd_, events, 0};
    const int ready = poll(&fd, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) fail_redis(doing, std::strerror(errno));
  }
}

void RedisSocket::send_raw(std::string_view bytes, Deadline deadline, std::string_view doing) const {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      await(POLLOUT, deadline, doing);
    } else if (errno != EINTR) {
      lost(doing, std::strerror(errno));
    }
  }
}

void RedisSocket::lost(std::string_view doing, const std::string& why) const {
  if (answered_) fail_redis(doing, why);
  fail_redis(doing, why + (tls_ ? "; it may speak no TLS at this port, or want a client certificate (redis_tls_cert)"
                                : "; if the server wants TLS at this port, write rediss://"));
}

std::size_t RedisSocket::receive_raw(char* into, std::size_t size, Deadline deadline, std::string_view doing) const {
  for (;;) {
    const ssize_t got = recv(fd_, into, size, 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0) lost(doing, "the server closed the connection");
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      await(POLLIN, deadline, doing);
    } else if (errno != EINTR) {
      lost(doing, std::strerror(errno));
    }
  }
}

void RedisSocket::exchange(bool more, Deadline deadline, std::string_view doing) {
  std::array<char, 16'384> piece{};
  BIO* out = SSL_get_wbio(tls_.get());
  for (int size = 0; (size = BIO_read(out, piece.data(), static_cast<int>(piece.size()))) > 0;)
    send_raw({piece.data(), static_cast<std::size_t>(size)}, deadline, doing);
  if (!more) return;
  const std::size_t got = receive_raw(piece.data(), piece.size(), deadline, doing);
  BIO_write(SSL_get_rbio(tls_.get()), piece.data(), static_cast<int>(got));
}

// The server hears why, if it still listens.
void RedisSocket::refuse_server(Deadline deadline) {
  const std::string why = tls_failure(*tls_);
  try {
    exchange(false, deadline, kHandshake);
  } catch (const RedisError& unheard) {
    fail_redis(kHandshake, why, unheard.timed_out());
  }
  fail_redis(kHandshake, why);
}

void RedisSocket::handshake(const std::string& host, const RedisTls& tls, Deadline deadline) {
  tls_ = tls.session(host);
  ERR_clear_error();  // of others on this thread; SSL_get_error() looks there
  for (int result = 0; (result = SSL_connect(tls_.get())) != 1;) {
    if (SSL_get_error(tls_.get(), result) != SSL_ERROR_WANT_READ) refuse_server(deadline);
    exchange(true, deadline, kHandshake);
  }
  exchange(false, deadline, kHandshake);
}

void RedisSocket::write(std::string_view bytes, Deadline deadline) {
  if (!tls_) return send_raw(bytes, deadline, "write");
  ERR_clear_error();
  // Into memory: it takes all of it at once.
  if (!bytes.empty() && SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0)
    fail_redis("write", tls_failure(*tls_));
  exchange(false, deadline, "write");
}

std::size_t RedisSocket::read(char* into, std::size_t size, Deadline deadline) {
  if (!tls_) {
    const std::size_t got = receive_raw(into, size, deadline, "read");
    answered_ = true;
    return got;
  }
  for (;;) {
    ERR_clear_error();
    const int got = SSL_read(tls_.get(), into, static_cast<int>(size));
    answered_ = answered_ || got > 0;
    if (got > 0) return static_cast<std::size_t>(got);
    const int error = SSL_get_error(tls_.get(), got);
    if (error == SSL_ERROR_ZERO_RETURN) lost("read", "the server closed the connection");
    if (error != SSL_ERROR_WANT_READ) fail_redis("read", tls_failure(*tls_));
    exchange(true, deadline, "read");
  }
}

}  // namespace dlrgw::dedup
