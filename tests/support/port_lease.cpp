// SPDX-License-Identifier: Apache-2.0
#include "support/port_lease.hpp"

#include <fcntl.h>
#include <random>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace dlrgw::test {
namespace {

constexpr unsigned kFirstPort = 20000;
constexpr unsigned kPortCount = 12000;  // up to 31999; net.ipv4.ip_local_port_range starts at 32768

bool can_bind(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // as the servers do: TIME_WAIT is no obstacle
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool free = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && listen(fd, 1) == 0;
  close(fd);
  return free;
}

}  // namespace

PortLease::PortLease() {
  const std::string dir = "/tmp/dlrgw-ports-" + std::to_string(geteuid());
  mkdir(dir.c_str(), 0700);
  std::random_device seed;
  const unsigned start = seed() % kPortCount;
  for (unsigned step = 0; step < kPortCount; ++step) {
    const auto port = static_cast<std::uint16_t>(kFirstPort + (start + step) % kPortCount);
    const int fd = open((dir + "/" + std::to_string(port)).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) throw std::runtime_error("cannot create a lock file in " + dir);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && can_bind(port)) {
      lock_fd_ = fd;
      port_ = port;
      return;
    }
    close(fd);
  }
  throw std::runtime_error("no free port on 127.0.0.1 between 20000 and 31999");
}

PortLease::~PortLease() { close(lock_fd_); }

}  // namespace dlrgw::test
