// SPDX-License-Identifier: Apache-2.0
#include "encoding.hpp"

#include <algorithm>

namespace dlrgw::correlate {

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::size_t kGroup = 3;
  std::string out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kGroup))) {
    unsigned group = 0;
    for (std::size_t i = 0; i < kGroup; ++i)
      group = group << 8U | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (std::size_t i = 0; i <= kGroup; ++i) out += i <= bytes.size() ? kDigits[group >> (18U - 6U * i) & 63U] : '=';
  }
  return out;
}

}  // namespace dlrgw::correlate
