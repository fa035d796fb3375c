// SPDX-License-Identifier: Apache-2.0
// Tells one state of a file from the next without reading it. Any thread.
#pragma once
#include <array>
#include <cstdint>
#include <string>

#include <sys/stat.h>

namespace dlrgw::host {

// All zero: there is no file. Links are followed, as those of a Kubernetes secret, which are changed in its place.
using FileStamp = std::array<std::int64_t, 5>;

inline FileStamp stamp_of(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size, static_cast<std::int64_t>(status.st_ino),
          static_cast<std::int64_t>(status.st_dev)};
}

}  // namespace dlrgw::host
