// SPDX-License-Identifier: Apache-2.0
// A file descriptor that closes itself. Owned by one scope.
#pragma once
#include <unistd.h>
#include <utility>

namespace dlrgw::host {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  ~UniqueFd() {
    if (fd_ >= 0) ::close(fd_);
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  explicit operator bool() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }
  // For the rest of the process.
  void keep_open() { fd_ = -1; }

 private:
  int fd_ = -1;
};

}  // namespace dlrgw::host
