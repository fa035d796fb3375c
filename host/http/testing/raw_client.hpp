// SPDX-License-Identifier: Apache-2.0
// For tests: a blocking HTTP client that sends and sees the bytes as they are. One thread.
#pragma once
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace dlrgw::host::http_test {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0) << std::strerror(errno);
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void half_close() { ::shutdown(fd_, SHUT_WR); }

  // One response: header and as much body as Content-Length says (none for HEAD).
  std::string response(bool head = false) {
    while (pending_.find("\r\n\r\n") == std::string::npos)
      if (!more()) return std::exchange(pending_, {});
    const std::size_t header = pending_.find("\r\n\r\n") + 4;
    const std::size_t field = pending_.find("Content-Length: ");
    std::size_t size = header;
    if (!head && field < header) size += std::stoul(pending_.substr(field + 16));
    while (pending_.size() < size)
      if (!more()) break;
    std::string out = pending_.substr(0, size);
    pending_.erase(0, size);
    return out;
  }
  // Everything until the server closes; "<open>" at the end when it does not.
  std::string rest() {
    while (more()) {
    }
    return std::exchange(pending_, {}) + (closed_ ? "" : "<open>");
  }

 private:
  bool more() {
    pollfd watched{fd_, POLLIN, 0};
    constexpr int kPatienceMs = 3 * 60 * 1'000;  // it only ends a hang
    if (::poll(&watched, 1, kPatienceMs) <= 0) return false;
    std::array<char, 16'384> buffer{};
    const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), 0);
    closed_ = count <= 0;
    if (count > 0) pending_.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
  }
  int fd_;
  bool closed_ = false;
  std::string pending_;
};

}  // namespace dlrgw::host::http_test
