// SPDX-License-Identifier: Apache-2.0
// The copy of a plugin file that is really mapped. Each load has an inode of its own: a deployment that overwrites the
// original in place cannot pull the code from under the running process (SIGBUS), and the dynamic loader, which knows
// files by inode, cannot hand out the old image for the new file. [control] thread.
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace dlrgw::host {

// Where it lies. In memory: for commands that look at plugins and end; whatever ends them, nothing is left behind. In
// the state directory: for a gateway, whose crashes and images are looked into by path.
enum class PluginCopies { kInStateDir, kInMemory };

struct PrivateCopy {
  std::filesystem::path path;
  std::string sha256;  // 64 hex digits, of the content
};

// Writes <state_dir>/plugins/<stem>.<first 12 digits of sha256>.<pid>-<counter>.so, mode 0500. The directory is made
// when missing. name is the original's file name.
Result<PrivateCopy> write_private_copy(const std::filesystem::path& state_dir, std::string_view name,
                                       std::span<const std::byte> content);

// As a file without a name, which a path of /proc leads to for as long as this process lives. What such a descriptor is
// linked to begins with kMemoryCopy.
inline constexpr std::string_view kMemoryCopy = "/memfd:dlr-gateway plugin";
Result<PrivateCopy> write_memory_copy(std::span<const std::byte> content);

// Removes what this process has written into the state directory; what is mapped stays mapped. At its end.
void remove_copies_of_this_process();

// Removes the copies that dead processes left; call once, before the first load. Copies whose process is alive stay,
// and so does every file that is not named like a copy. Returns how many were removed.
Result<std::size_t> remove_dead_copies(const std::filesystem::path& state_dir);

}  // namespace dlrgw::host
