// SPDX-License-Identifier: Apache-2.0
// A TCP port of 127.0.0.1 that stays ours while its server is stopped and started again. Owned by one server object.
// Ports come from below the range the kernel gives to outgoing connections, so that no client socket takes one while
// its server is down; a lock file keeps the other test processes of this user away.
#pragma once
#include <cstdint>

namespace dlrgw::test {

class PortLease {
 public:
  PortLease();
  ~PortLease();
  PortLease(const PortLease&) = delete;
  PortLease& operator=(const PortLease&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int lock_fd_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace dlrgw::test
