// SPDX-License-Identifier: Apache-2.0
// SHA-256 and SHA-1 for the fake host's dlrgw.digest/1. Pure; for tests only: short, not fast.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <dlrgw/cpp/hex.hpp>

namespace dlrgw::testing {

namespace detail {

// To the left.
constexpr std::uint32_t rotate(std::uint32_t x, unsigned by) { return (x << by) | (x >> (32 - by)); }

// The text padded as both digests want it: 0x80, zeros, its length in bits.
inline std::string padded(std::string_view text) {
  std::string out(text);
  out += static_cast<char>(0x80);
  while (out.size() % 64 != 56) out += '\0';
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    out += static_cast<char>((std::uint64_t{text.size()} * 8 >> (shift - 8)) & 0xFFU);
  }
  return out;
}

inline std::uint32_t word(const std::string& bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out = (out << 8U) | static_cast<unsigned char>(bytes[at + i]);
  return out;
}

template <std::size_t N>
std::array<std::uint8_t, N * 4> bytes_of(const std::array<std::uint32_t, N>& words) {
  std::array<std::uint8_t, N * 4> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(words[i / 4] >> (24 - 8 * (i % 4)));
  return out;
}

// The first 32 bits of the fractional parts of roots of the first primes (FIPS 180-4), found instead of listed.
inline std::array<std::uint32_t, 64> round_constants() {
  std::array<std::uint32_t, 64> out{};
  std::size_t found = 0;
  for (std::uint64_t n = 2; found < out.size(); ++n) {
    bool prime = true;
    for (std::uint64_t d = 2; d * d <= n; ++d) prime = prime && n % d != 0;
    if (!prime) continue;
    // floor(2^32 * cbrt(n)) by bisection in integers: x^3 <= n * 2^96.
    std::uint64_t low = 0, high = std::uint64_t{8} << 32U;
    while (high - low > 1) {
      const std::uint64_t middle = low + (high - low) / 2;
      const long double cube =
          static_cast<long double>(middle) * static_cast<long double>(middle) * static_cast<long double>(middle);
      (cube <= static_cast<long double>(n) * 79228162514264337593543950336.0L ? low : high) = middle;
    }
    out[found++] = static_cast<std::uint32_t>(low);
  }
  return out;
}

}  // namespace detail

inline std::array<std::uint8_t, 32> sha256(std::string_view text) {
  const auto right = [](std::uint32_t x, unsigned by) { return detail::rotate(x, 32 - by); };
  static const std::array<std::uint32_t, 64> k = detail::round_constants();
  std::array<std::uint32_t, 8> h{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const std::string bytes = detail::padded(text);
  for (std::size_t block = 0; block < bytes.size(); block += 64) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) w[i] = detail::word(bytes, block + 4 * i);
    for (std::size_t i = 16; i < 64; ++i) {
      const std::uint32_t s0 = right(w[i - 15], 7) ^ right(w[i - 15], 18) ^ (w[i - 15] >> 3U);
      const std::uint32_t s1 = right(w[i - 2], 17) ^ right(w[i - 2], 19) ^ (w[i - 2] >> 10U);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    std::array<std::uint32_t, 8> v = h;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t s1 = right(v[4], 6) ^ right(v[4], 11) ^ right(v[4], 25);
      const std::uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
      const std::uint32_t s0 = right(v[0], 2) ^ right(v[0], 13) ^ right(v[0], 22);
      const std::uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      v = {t1 + t2, v[0], v[1], v[2], v[3] + t1, v[4], v[5], v[6]};
    }
    for (std::size_t i = 0; i < 8; ++i) h[i] += v[i];
  }
  return detail::bytes_of(h);
}

inline std::array<std::uint8_t, 20> sha1(std::string_view text) {
  using detail::rotate;
  std::array<std::uint32_t, 5> h{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  const std::string bytes = detail::padded(text);
  for (std::size_t block = 0; block < bytes.size(); block += 64) {
    std::array<std::uint32_t, 80> w{};
    for (std::size_t i = 0; i < 16; ++i) w[i] = detail::word(bytes, block + 4 * i);
    for (std::size_t i = 16; i < 80; ++i) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    std::array<std::uint32_t, 5> v = h;
    for (std::size_t i = 0; i < 80; ++i) {
      const std::uint32_t f = i < 20   ? (v[1] & v[2]) | (~v[1] & v[3])
                              : i < 40 ? v[1] ^ v[2] ^ v[3]
                              : i < 60 ? (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3])
                                       : v[1] ^ v[2] ^ v[3];
      constexpr std::uint32_t kRound[] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
      v = {rotate(v[0], 5) + f + v[4] + kRound[i / 20] + w[i], v[0], rotate(v[1], 30), v[2], v[3]};
    }
    for (std::size_t i = 0; i < 5; ++i) h[i] += v[i];
  }
  return detail::bytes_of(h);
}

// RFC 9562, version 5. space: UUID text; empty when it is none.
inline std::string uuid_v5(std::string_view space, std::string_view name) {
  std::string input;
  int high = -1;
  for (const char c : space) {
    if (c == '-') continue;
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return {};
    if (high < 0) {
      high = digit;
    } else {
      input += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  if (input.size() != 16 || space.size() != 36) return {};
  auto hash = sha1(input + std::string(name));
  hash[6] = static_cast<std::uint8_t>((hash[6] & 0x0FU) | 0x50U);
  hash[8] = static_cast<std::uint8_t>((hash[8] & 0x3FU) | 0x80U);
  std::string out;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += to_hex(std::span(&hash[i], 1));
  }
  return out;
}

}  // namespace dlrgw::testing
