// SPDX-License-Identifier: Apache-2.0
// A TCP proxy to a port of 127.0.0.1 that can fall silent: it then forwards nothing in either direction and closes
// nothing, as a firewall does that has forgotten its connections, or a host that vanished. Its kernel still answers
// keepalives. Owned by the test; forwards on a thread of its own.
#pragma once
#include <cstdint>
#include <memory>

namespace dlrgw::test {

class SilentProxy {
 public:
  explicit SilentProxy(std::uint16_t upstream);
  ~SilentProxy();  // closes everything
  SilentProxy(const SilentProxy&) = delete;
  SilentProxy& operator=(const SilentProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // From when this returns; new connections are taken and get no word either.
  void fall_silent();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::test
