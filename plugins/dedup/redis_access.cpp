// SPDX-License-Identifier: Apache-2.0
#include "redis_access.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <sys/stat.h>

namespace dlrgw::dedup {
namespace {

constexpr std::string_view kPasswordFile = "redis_password_file";
constexpr std::string_view kTlsOption = "redis_tls";

// Throws std::runtime_error with a sentence that shows nothing of the file.
std::string read_password(const std::string& file) {
  struct stat status {};
  std::ifstream in(file, std::ios::binary);
  if (!in || ::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
    throw std::runtime_error(file + " cannot be read; check that it exists and its permissions");
  std::string text(std::istreambuf_iterator<char>(in), {});
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) throw std::runtime_error(file + " is empty; write the password into it");
  return text;
}

// Tells one state of the files from the next.
std::string stamp_of(const RedisTlsFiles& files) {
  std::string out;
  for (const std::string* file : {&files.ca, &files.certificate, &files.key}) {
    struct stat status {};
    if (!file->empty() && ::stat(file->c_str(), &status) == 0)
      out.append(std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) + " " +
                 std::to_string(status.st_size) + " " + std::to_string(status.st_ino));
    out += ';';
  }
  return out;
}

}  // namespace

RedisAccess::RedisAccess(RedisUrl url, RedisFiles files, Warn warn)
    : url_(std::move(url)), files_(std::move(files)), warn_(std::move(warn)), newest_(url_.password) {
  try {
    if (!files_.password.empty()) newest_ = read_password(files_.password);
  } catch (const std::runtime_error& e) {
    throw std::runtime_error(std::string(kPasswordFile) + ": " + e.what());
  }
  if (!url_.tls) return;
  stamp_ = stamp_of(files_.tls);
  tls_ = std::make_shared<RedisTls>(files_.tls);
}

void RedisAccess::warn_once(std::string& told, std::string_view option, const std::string& sentence) {
  if (std::exchange(told, sentence) != sentence && warn_) warn_(option, sentence);
}

std::vector<std::string> RedisAccess::passwords() {
  const MutexLock lock(mutex_);
  if (!files_.password.empty()) {
    try {
      newest_ = read_password(files_.password);
      told_password_.clear();
    } catch (const std::runtime_error& e) {
      warn_once(told_password_, kPasswordFile, e.what());
    }
  }
  std::vector<std::string> out;
  if (!newest_.empty()) out.push_back(newest_);
  if (!taken_.empty() && taken_ != newest_) out.push_back(taken_);
  return out;
}

void RedisAccess::taken(const std::string& password) {
  const MutexLock lock(mutex_);
  taken_ = password;
  if (password == newest_) {
    told_refused_.clear();
  } else {
    warn_once(told_refused_, kPasswordFile,
              "what stands in " + files_.password + " is refused by Redis; what stood there before is taken still");
  }
}

std::shared_ptr<const RedisTls> RedisAccess::tls() {
  const MutexLock lock(mutex_);
  if (!url_.tls) return nullptr;
  if (std::string now = stamp_of(files_.tls); now != stamp_) {
    stamp_ = std::move(now);
    try {
      tls_ = std::make_shared<RedisTls>(files_.tls);
      told_tls_.clear();
    } catch (const std::runtime_error& e) {
      warn_once(told_tls_, kTlsOption, e.what());
    }
  }
  return tls_;
}

}  // namespace dlrgw::dedup
