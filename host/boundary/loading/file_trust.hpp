// SPDX-License-Identifier: Apache-2.0
// Whether a plugin file may be run at all. Whoever can write it can run code as the gateway. Any thread.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "support/result.hpp"

namespace dlrgw::host {

struct FileOwner {
  uid_t uid = 0;
  mode_t mode = 0;
};

// Pure. Refuses anything that is not a regular file, that everyone may write, or that belongs to neither root nor
// running_uid.
Status check_file_trust(const std::filesystem::path& path, FileOwner owner, uid_t running_uid);

// Opens the file once, checks the trust of what was opened (not of the name, which could be swapped in between) and
// reads it whole. Follows symbolic links: their target is what is judged.
Result<std::vector<std::byte>> read_trusted_file(const std::filesystem::path& path);

// An absolute `file` stands for itself; any other is looked up in each directory in turn. kNotFound names them all.
Result<std::filesystem::path> find_plugin_file(const std::string& file, const std::vector<std::string>& plugin_dirs);

}  // namespace dlrgw::host
