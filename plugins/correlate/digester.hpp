// SPDX-License-Identifier: Apache-2.0
// SHA-256 and MD5 of data that comes in pieces. One owner, one thread at a time.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace dlrgw::correlate {

class Digester {
 public:
  enum class Kind { kSha256, kMd5 };
  explicit Digester(Kind kind = Kind::kSha256);
  ~Digester();
  Digester(const Digester&) = delete;
  Digester& operator=(const Digester&) = delete;

  void add(std::string_view bytes);
  // Raw bytes; nothing may be added afterwards.
  [[nodiscard]] std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::correlate
