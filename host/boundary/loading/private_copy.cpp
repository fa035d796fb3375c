// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/private_copy.hpp"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <optional>
#include <signal.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <sys/mman.h>

#include <dlrgw/cpp/mutex.hpp>

#include "support/digest.hpp"
#include "support/unique_fd.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kShaDigitsInName = 12;
constexpr std::string_view kSuffix = ".so";
// Counts the copies of this process; never reused, so a name is never reused while the process lives.
std::atomic<unsigned> copies_made{0};

struct Copies {
  Mutex mutex;
  std::vector<std::filesystem::path> paths DLRGW_GUARDED_BY(mutex);
};
// Never destroyed: threads of plugins may outlive main().
Copies& copies_of_this_process() {
  static auto& copies = *new Copies;
  return copies;
}

std::filesystem::path copies_dir(const std::filesystem::path& state_dir) { return state_dir / "plugins"; }

Error failure(const std::filesystem::path& path, const char* what, int code) {
  return {ErrorCode::kUnavailable, "private plugin copy " + path.string() + ": " + what + ": " +
                                       std::generic_category().message(code) + "; check the state directory"};
}

// The pid in "<stem>.<digits>.<pid>-<counter>.so", or nothing when the name is not one of ours.
std::optional<pid_t> pid_of(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot < kShaDigitsInName + 2) return std::nullopt;
  if (name[dot - kShaDigitsInName - 1] != '.') return std::nullopt;
  if (name.substr(dot - kShaDigitsInName, kShaDigitsInName).find_first_not_of("0123456789abcdef") !=
      std::string_view::npos)
    return std::nullopt;
  const std::string_view tail = name.substr(dot + 1);
  pid_t pid = 0;
  unsigned counter = 0;
  const auto first = std::from_chars(tail.data(), tail.data() + tail.size(), pid);
  if (first.ec != std::errc() || pid <= 0 || first.ptr == tail.data() + tail.size() || *first.ptr != '-')
    return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, tail.data() + tail.size(), counter);
  if (second.ec != std::errc() || second.ptr != tail.data() + tail.size()) return std::nullopt;
  return pid;
}

Status write_all(int fd, const std::filesystem::path& path, std::span<const std::byte> content) {
  while (!content.empty()) {
    const ssize_t put = ::write(fd, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failure(path, "cannot be written", errno);
    content = content.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

Result<PrivateCopy> write_private_copy(const std::filesystem::path& state_dir, std::string_view name,
                                       std::span<const std::byte> content) {
  const auto directory = copies_dir(state_dir);
  std::error_code made;
  std::filesystem::create_directories(directory, made);
  if (made) return failure(directory, "the directory cannot be made", made.value());
  std::string digest = sha256_hex({reinterpret_cast<const char*>(content.data()), content.size()});

  const std::string stem(name.substr(0, name.rfind('.')));
  const std::string prefix = stem + "." + digest.substr(0, kShaDigitsInName) + "." + std::to_string(::getpid()) + "-";
  for (;;) {
    const auto path = directory / (prefix + std::to_string(++copies_made) + std::string(kSuffix));
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0500));
    // A process that had this pid before us left it; the next number is free sooner or later.
    if (!fd && errno == EEXIST) continue;
    if (!fd) return failure(path, "cannot be made", errno);
    if (Status written = write_all(fd.get(), path, content); !written) {
      ::unlink(path.c_str());
      return written.error();
    }
    {
      Copies& copies = copies_of_this_process();
      const MutexLock lock(copies.mutex);
      copies.paths.push_back(path);
    }
    return PrivateCopy{path, std::move(digest)};
  }
}

// The descriptor stays open: the dynamic loader knows libraries by name too, and a number that came again would give
// the old image for the new file.
Result<PrivateCopy> write_memory_copy(std::span<const std::byte> content) {
  constexpr std::string_view kFolder = "/memfd:";
  UniqueFd fd(::memfd_create(kMemoryCopy.substr(kFolder.size()).data(), MFD_CLOEXEC));
  if (!fd)
    return Error{ErrorCode::kUnavailable,
                 "private plugin copy in memory: cannot be made: " + std::generic_category().message(errno)};
  // By number: a symbolizer is a process of its own.
  const auto path = std::filesystem::path("/proc") / std::to_string(::getpid()) / "fd" / std::to_string(fd.get());
  if (Status written = write_all(fd.get(), path, content); !written) return written.error();
  fd.keep_open();
  return PrivateCopy{path, sha256_hex({reinterpret_cast<const char*>(content.data()), content.size()})};
}

void remove_copies_of_this_process() {
  Copies& copies = copies_of_this_process();
  const MutexLock lock(copies.mutex);
  for (const std::filesystem::path& path : copies.paths) ::unlink(path.c_str());
  copies.paths.clear();
}

Result<std::size_t> remove_dead_copies(const std::filesystem::path& state_dir) {
  const auto directory = copies_dir(state_dir);
  std::error_code code;
  std::filesystem::directory_iterator entries(directory, code);
  if (code == std::errc::no_such_file_or_directory) return std::size_t{0};
  if (code) return failure(directory, "the directory cannot be read", code.value());
  std::size_t removed = 0;
  for (const auto end = std::filesystem::directory_iterator(); entries != end;) {
    const auto pid = pid_of(entries->path().filename().string());
    // Our own pid, before our first copy, is that of an earlier process: the rule in containers, where it is always 1.
    const bool dead = pid && (*pid == ::getpid() ? copies_made == 0 : ::kill(*pid, 0) != 0 && errno == ESRCH);
    if (dead && ::unlink(entries->path().c_str()) == 0) ++removed;
    entries.increment(code);
    if (code) return failure(directory, "the directory cannot be read", code.value());
  }
  return removed;
}

}  // namespace dlrgw::host
