// SPDX-License-Identifier: Apache-2.0
#include "telemetry/line_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <unistd.h>

namespace dlrgw::host {

bool LineWriter::ready(std::chrono::milliseconds wait) const {
  pollfd watched{fd_, POLLOUT, 0};
  int result = 0;
  do {
    result = ::poll(&watched, 1, static_cast<int>(wait.count()));
  } while (result < 0 && errno == EINTR);
  return result > 0 && (watched.revents & POLLOUT) != 0;
}

std::size_t LineWriter::push(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    if (!ready(stalled_ ? std::chrono::milliseconds{0} : patience_)) {
      stalled_ = true;
      return taken;
    }
    // A pipe that polls writable takes PIPE_BUF bytes without blocking; more could block.
    const std::string_view piece = bytes.substr(taken, PIPE_BUF);
    const ssize_t written = ::write(fd_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      stalled_ = true;
      return taken;
    }
    stalled_ = false;
    taken += static_cast<std::size_t>(written);
  }
  return taken;
}

bool LineWriter::write(std::string_view lines) {
  if (!rest_.empty()) rest_.erase(0, push(rest_));
  const std::size_t taken = rest_.empty() ? push(lines) : 0;
  if (taken == 0) {
    dropped_ += static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
    return false;
  }
  rest_.assign(lines.substr(taken));
  return true;
}

}  // namespace dlrgw::host
