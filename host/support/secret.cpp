// SPDX-License-Identifier: Apache-2.0
#include "support/secret.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} * 1024;

}  // namespace

Result<std::string> read_secret(const std::string& file) {
  const auto refused = [&](const std::string& why) { return Error{ErrorCode::kInvalid, "file " + file + why}; };
  std::error_code failed;
  const bool regular = std::filesystem::is_regular_file(file, failed);
  std::ifstream in(file, std::ios::binary);
  if (!regular || !in) return refused(" cannot be read; check that it exists and its permissions");
  std::string text(kMaxBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxBytes) return refused(" is larger than 64 KiB; is it the right file?");
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) return refused(" is empty; write the secret into it");
  if (text.find('\0') != std::string::npos) return refused(" holds a NUL character; remove it");
  return text;
}

Secret::Secret(std::string value, std::string file, Told told)
    : file_(std::move(file)), told_(std::move(told)), newest_(std::move(value)) {}

Status Secret::read() {
  if (file_.empty()) return {};
  Result<std::string> text = read_secret(file_);
  if (!text) return text.error();
  newest_ = std::move(*text);
  return {};
}

Status Secret::renew() {
  const MutexLock lock(mutex_);
  return read();
}

std::vector<std::string> Secret::to_try() {
  const MutexLock lock(mutex_);
  (void)read();  // whoever watches the file says so; what was read before serves on
  std::vector<std::string> out{newest_};
  if (!taken_.empty() && taken_ != newest_) out.push_back(taken_);
  return out;
}

void Secret::taken(const std::string& text) {
  {
    const MutexLock lock(mutex_);
    taken_ = text;
    if (text == newest_ || refused_ == newest_) return;
    refused_ = newest_;
  }
  if (told_) told_("what stands in " + file_ + " is refused by the server; what stood there before is taken still");
}

}  // namespace dlrgw::host
