// SPDX-License-Identifier: Apache-2.0
// A private directory under /tmp, removed with everything in it. Owned by one test object; not shared between threads.
// A process that was killed leaves its directory behind: the next TempDir of anyone removes it, because the lock file
// inside is no longer held.
#pragma once
#include <string>

namespace dlrgw::test {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  // Mode 0755, so that a server running as another user can enter it.
  [[nodiscard]] const std::string& path() const { return path_; }
  // Creates path()/name with mode 0700; owned by `user` when we are root and user is not empty.
  [[nodiscard]] std::string make_dir(const std::string& name, const std::string& user = {}) const;
  // Writes path()/name, readable by all; its path.
  [[nodiscard]] std::string write_file(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
  int lock_fd_ = -1;
};

[[nodiscard]] std::string read_file(const std::string& path);

}  // namespace dlrgw::test
