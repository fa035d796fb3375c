// SPDX-License-Identifier: Apache-2.0
// A blocking TCP connection to 127.0.0.1 with a deadline for each operation. Owned by one call; one thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw::test {

class Socket {
 public:
  // Throws std::runtime_error when nobody listens there.
  Socket(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void send(std::string_view bytes) const;
  // What arrived, at most 64 KiB; empty when the peer closed. Throws when the timeout passes first.
  [[nodiscard]] std::string receive() const;
  // Up to and including "\n"; what came behind it is kept for the next call.
  [[nodiscard]] std::string read_line();
  [[nodiscard]] std::string read_exactly(std::size_t count);

 private:
  int fd_ = -1;
  std::string buffer_;
};

}  // namespace dlrgw::test
