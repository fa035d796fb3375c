// SPDX-License-Identifier: Apache-2.0
#include "support/socket.hpp"

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace dlrgw::test {
namespace {
[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }
}  // namespace

Socket::Socket(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) fail("socket");
  const timeval limit{timeout.count() / 1000, (timeout.count() % 1000) * 1000};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1 ||
      connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    close(fd_);
    errno = error;
    fail("connect to " + host + ":" + std::to_string(port));
  }
}

Socket::~Socket() { close(fd_); }

void Socket::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string Socket::receive() const {
  std::string chunk(std::size_t{64} * 1024, '\0');
  const ssize_t got = recv(fd_, chunk.data(), chunk.size(), 0);
  if (got < 0) fail("receive");
  chunk.resize(static_cast<std::size_t>(got));
  return chunk;
}

std::string Socket::read_line() {
  std::size_t end = std::string::npos;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    const std::string more = receive();
    if (more.empty()) throw std::runtime_error("the peer closed the connection in the middle of a line");
    buffer_ += more;
  }
  std::string line = buffer_.substr(0, end + 1);
  buffer_.erase(0, end + 1);
  return line;
}

std::string Socket::read_exactly(std::size_t count) {
  while (buffer_.size() < count) {
    const std::string more = receive();
    if (more.empty()) throw std::runtime_error("the peer closed the connection too early");
    buffer_ += more;
  }
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return bytes;
}

}  // namespace dlrgw::test
