// SPDX-License-Identifier: Apache-2.0
#include "support/temp_dir.hpp"

#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <pwd.h>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

#include <sys/file.h>
#include <sys/stat.h>

namespace dlrgw::test {
namespace fs = std::filesystem;
namespace {

constexpr const char* kPrefix = "dlrgw-test-";
constexpr std::time_t kTooYoungToSweep_s = 60;

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

void remove_tree(const fs::path& path) {
  std::error_code ignored;  // a server that is just dying may still create a file: the next sweep removes the rest
  fs::remove_all(path, ignored);
}

void sweep_abandoned() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), error)) {
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
    struct stat info {};
    if (stat(entry.path().c_str(), &info) != 0 || info.st_uid != geteuid()) continue;
    if (std::time(nullptr) - info.st_mtime < kTooYoungToSweep_s) continue;
    const int fd = open((entry.path() / "lock").c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) continue;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) remove_tree(entry.path());
    close(fd);
  }
}

}  // namespace

TempDir::TempDir() {
  sweep_abandoned();
  std::string name = (fs::temp_directory_path() / (std::string(kPrefix) + "XXXXXX")).string();
  if (mkdtemp(name.data()) == nullptr) fail("mkdtemp " + name);
  path_ = name;
  if (chmod(path_.c_str(), 0755) != 0) fail("chmod " + path_);
  lock_fd_ = open((path_ + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd_ < 0 || flock(lock_fd_, LOCK_EX) != 0) fail("lock " + path_);
}

TempDir::~TempDir() {
  remove_tree(path_);
  close(lock_fd_);
}

std::string TempDir::make_dir(const std::string& name, const std::string& user) const {
  std::string dir = path_ + "/" + name;
  if (mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) fail("mkdir " + dir);
  if (geteuid() == 0 && !user.empty()) {
    const passwd* entry = getpwnam(user.c_str());
    if (entry == nullptr) throw std::runtime_error("no such user: " + user);
    if (chown(dir.c_str(), entry->pw_uid, entry->pw_gid) != 0) fail("chown " + dir);
  }
  return dir;
}

std::string TempDir::write_file(const std::string& name, const std::string& text) const {
  std::string file = path_ + "/" + name;
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + file);
  return file;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace dlrgw::test
