// SPDX-License-Identifier: Apache-2.0
#include "support/service_notify.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/un.h>

namespace dlrgw::host {

ServiceNotify::ServiceNotify() {
  if (const char* path = std::getenv("NOTIFY_SOCKET")) path_ = path;
  if (const char* text = std::getenv("WATCHDOG_USEC")) {
    std::int64_t us = 0;
    const std::string_view digits(text);
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), us);
    if (failed == std::errc{} && end == digits.data() + digits.size() && us > 0)
      watchdog_ = std::chrono::microseconds(us);
  }
}

void ServiceNotify::send(std::string_view state) const {
  sockaddr_un address{};
  if (path_.empty() || path_.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  if (path_.front() == '@') address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  // A failure to send is ignored: without the message the manager acts by its own time limits.
  (void)::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size()));
  ::close(fd);
}

}  // namespace dlrgw::host
