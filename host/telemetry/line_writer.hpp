// SPDX-License-Identifier: Apache-2.0
// Writes whole lines to a file descriptor without ever waiting long: whoever reads our stdout may be slow or gone, and
// receipts must not wait for it. Not thread-safe; the logger's sink serialises.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw::host {

class LineWriter {
 public:
  // patience: how long the first line that meets a full pipe waits; while the pipe stays full, the following ones are
  // dropped at once and counted. The descriptor is borrowed.
  LineWriter(int fd, std::chrono::milliseconds patience) : fd_(fd), patience_(patience) {}

  // One line or several, each with its '\n'. False: dropped, all of them. They are written whole or not at all; what a
  // full pipe left over is completed before the next.
  bool write(std::string_view lines);
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  bool ready(std::chrono::milliseconds wait) const;
  std::size_t push(std::string_view bytes);  // bytes taken before the pipe was full

  int fd_;
  std::chrono::milliseconds patience_;
  bool stalled_ = false;
  std::string rest_;
  std::uint64_t dropped_ = 0;
};

}  // namespace dlrgw::host
