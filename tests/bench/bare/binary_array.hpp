// SPDX-License-Identifier: Apache-2.0
// A one-dimensional array parameter in PostgreSQL's binary format (array_recv), grown element by element. A value.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw::bench {

// pg_type.oid
inline constexpr std::uint32_t kBytea = 17, kBigint = 20, kText = 25, kUuid = 2950;

class BinaryArray {
 public:
  explicit BinaryArray(std::uint32_t element_type) : type_(element_type) {}
  void add(std::string_view bytes) {
    put(elements_, bytes.size(), 4);
    elements_ += bytes;
    ++count_;
  }
  void add(std::int64_t value) {
    put(elements_, 8, 4);
    put(elements_, static_cast<std::uint64_t>(value), 8);
    ++count_;
  }
  [[nodiscard]] std::string bytes() const {
    std::string out;
    for (const std::uint32_t word : {1U, 0U, type_, count_, 1U}) put(out, word, 4);
    return out + elements_;
  }

 private:
  static void put(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
  }
  std::uint32_t type_;
  std::uint32_t count_ = 0;
  std::string elements_;
};

}  // namespace dlrgw::bench
