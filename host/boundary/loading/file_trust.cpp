// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/file_trust.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include <sys/stat.h>

#include "support/unique_fd.hpp"

namespace dlrgw::host {
namespace {

constexpr off_t kMaxPluginBytes = off_t{512} * 1024 * 1024;

std::string label(const std::filesystem::path& path) { return "plugin file " + path.string() + ": "; }

Error system_error(const std::filesystem::path& path, const char* what, int code) {
  return {code == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
          label(path) + what + ": " + std::generic_category().message(code)};
}

}  // namespace

Status check_file_trust(const std::filesystem::path& path, FileOwner owner, uid_t running_uid) {
  if (!S_ISREG(owner.mode)) return Error{ErrorCode::kDenied, label(path) + "is not a regular file"};
  if ((owner.mode & S_IWOTH) != 0)
    return Error{ErrorCode::kDenied, label(path) + "anyone may write it, so it is not run; chmod o-w " + path.string()};
  if (owner.uid != 0 && owner.uid != running_uid)
    return Error{ErrorCode::kDenied, label(path) + "belongs to user " + std::to_string(owner.uid) +
                                         ", so it is not run; only files of root or of the gateway's own user (" +
                                         std::to_string(running_uid) + ") are; chown root " + path.string()};
  return {};
}

Result<std::vector<std::byte>> read_trusted_file(const std::filesystem::path& path) {
  // O_NONBLOCK: a FIFO in the plugin directory must not hang the start; regular files ignore it.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return system_error(path, "cannot be opened", errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return system_error(path, "cannot be examined", errno);
  if (Status trusted = check_file_trust(path, {info.st_uid, info.st_mode}, ::geteuid()); !trusted)
    return trusted.error();
  if (info.st_size > kMaxPluginBytes)
    return Error{ErrorCode::kLimit, label(path) + "is larger than 512 MiB, which is not a plugin"};
  std::vector<std::byte> content(static_cast<std::size_t>(info.st_size));
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t got = ::read(fd.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path, "cannot be read", errno);
    if (got == 0)
      return Error{ErrorCode::kTransient,
                   label(path) + "shrank while it was read; write plugins aside and rename them"};
    filled += static_cast<std::size_t>(got);
  }
  return content;
}

Result<std::filesystem::path> find_plugin_file(const std::string& file, const std::vector<std::string>& plugin_dirs) {
  std::error_code ignored;  // an unreadable directory holds nothing for us
  const std::filesystem::path wanted(file);
  if (file.empty()) return Error{ErrorCode::kInvalid, "a plugin has no file name; set \"file\""};
  if (wanted.is_absolute()) {
    if (std::filesystem::exists(wanted, ignored)) return wanted;
    return Error{ErrorCode::kNotFound, "plugin file " + file + " does not exist; install it or correct \"file\""};
  }
  std::string searched;
  for (const auto& directory : plugin_dirs) {
    auto candidate = std::filesystem::path(directory) / wanted;
    if (std::filesystem::exists(candidate, ignored)) return candidate;
    searched += (searched.empty() ? "" : ", ") + directory;
  }
  if (searched.empty()) searched = "nothing, as no plugin directory is configured";
  return Error{ErrorCode::kNotFound, "plugin file " + file + " was not found; searched " + searched +
                                         "; install it there or correct \"file\" or \"plugin_dirs\""};
}

}  // namespace dlrgw::host
