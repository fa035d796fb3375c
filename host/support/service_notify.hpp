// SPDX-License-Identifier: Apache-2.0
// Tells the service manager how the process is, by systemd's protocol: datagrams to $NOTIFY_SOCKET. Silent without it.
// Thread-safe. https://www.freedesktop.org/software/systemd/man/sd_notify.html
#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace dlrgw::host {

class ServiceNotify {
 public:
  // From $NOTIFY_SOCKET and $WATCHDOG_USEC.
  ServiceNotify();
  explicit ServiceNotify(std::string socket_path) : path_(std::move(socket_path)) {}

  void ready() const { send("READY=1"); }
  void stopping() const { send("STOPPING=1"); }
  // Keeps the watchdog quiet until its next interval.
  void alive() const { send("WATCHDOG=1"); }

  // What the manager waits for alive() before it ends the process; 0: it does not watch.
  [[nodiscard]] std::chrono::microseconds watchdog() const { return watchdog_; }

 private:
  void send(std::string_view state) const;
  std::string path_;  // "@name" for an abstract socket
  std::chrono::microseconds watchdog_{0};
};

}  // namespace dlrgw::host
