// SPDX-License-Identifier: Apache-2.0
#include "receipt_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kPairsThatTell = 6;  // "id:1 s": no text has a blank behind each of so many single letters
constexpr char32_t kReplacement = 0xFFFD;

void append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0U | c >> 6U);
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0U | c >> 12U);
    out += static_cast<char>(0x80U | (c >> 6U & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | c >> 18U);
    out += static_cast<char>(0x80U | (c >> 12U & 0x3FU));
    out += static_cast<char>(0x80U | (c >> 6U & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  }
}

unsigned octet(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

// The character at `at`, which moves behind it; nullopt = not UTF-8.
std::optional<char32_t> next_utf8(std::string_view text, std::size_t& at) {
  const unsigned lead = octet(text, at);
  const std::size_t more = lead < 0x80 ? 0 : lead >> 5U == 6 ? 1 : lead >> 4U == 14 ? 2 : lead >> 3U == 30 ? 3 : 4;
  if (more == 4 || at + more >= text.size()) return std::nullopt;
  char32_t c = more == 0 ? lead : lead & (0x3FU >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    if (octet(text, at + i) >> 6U != 2) return std::nullopt;
    c = c << 6U | (octet(text, at + i) & 0x3FU);
  }
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (c < kLeast[more] || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF) return std::nullopt;
  at += more + 1;
  return c;
}

std::optional<std::string> from_utf8(std::string_view octets) {
  std::string out;
  for (std::size_t at = 0; at < octets.size();) {
    const auto c = next_utf8(octets, at);
    if (!c) return std::nullopt;
    append(out, *c);
  }
  return out;
}

std::string from_utf16(std::string_view octets, bool big_endian) {
  const auto unit = [&](std::size_t at) -> char32_t {
    const unsigned first = octet(octets, at);
    const unsigned second = octet(octets, at + 1);
    return big_endian ? first << 8U | second : second << 8U | first;
  };
  std::string out;
  for (std::size_t at = 0; at + 1 < octets.size(); at += 2) {
    char32_t c = unit(at);
    if (c >= 0xD800 && c < 0xDC00 && at + 3 < octets.size() && unit(at + 2) >= 0xDC00 && unit(at + 2) < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10U) + (unit(at + 2) - 0xDC00);
      at += 2;
    } else if (c >= 0xD800 && c < 0xE000) {
      c = kReplacement;
    }
    append(out, c);
  }
  return out;
}

// Whether the octets of this parity are zero and the others not, as far as it takes to tell.
bool zeros_at(std::string_view octets, std::size_t parity) {
  if (octets.size() < 2 * kPairsThatTell) return false;
  for (std::size_t i = 0; i < 2 * kPairsThatTell; ++i)
    if ((octets[i] == '\0') != (i % 2 == parity)) return false;
  return true;
}

}  // namespace

std::string without_high_octets(std::string_view text) {
  while (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with("\xC3\xBE\xC3\xBF") || text.starts_with("\xC3\xBF\xC3\xBE")) text.remove_prefix(4);  // its mark
  std::string out;
  for (const std::size_t parity : {std::size_t{0}, std::size_t{1}}) {  // big-endian, little-endian
    out.clear();
    std::size_t index = 0;
    std::size_t blanks = 0;
    for (std::size_t at = 0; at < text.size(); ++index) {
      const auto c = next_utf8(text, at);
      if (!c) return {};
      if (index % 2 != parity) {
        append(out, *c);
      } else if (*c <= ' ') {
        ++blanks;
      } else if (blanks < kPairsThatTell) {
        break;  // a plain text
      }
    }
    if (blanks >= kPairsThatTell) return out;
  }
  return {};
}

bool is_utf16(std::string_view octets) {
  return octets.starts_with("\xFE\xFF") || octets.starts_with("\xFF\xFE") || zeros_at(octets, 0) || zeros_at(octets, 1);
}

std::string text_of_gsm7(std::string_view text) {
  // 3GPP TS 23.038 §6.2.1, the first two columns; line feed, carriage return and escape keep their meaning.
  constexpr std::array<char32_t, 32> kControls = {
      '@',   0xA3, '$',   0xA5,  0xE8,  0xE9,  0xF9,  0xEC,  0xF2,  0xC7,  '\n',  0xD8, 0xF8, '\r', 0xC5, 0xE5,
      0x394, '_',  0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, 0x1B, 0xC6, 0xE6, 0xDF, 0xC9};
  constexpr std::array<std::pair<char, char>, 9> kEscaped = {{{0x14, '^'},
                                                              {0x28, '{'},
                                                              {0x29, '}'},
                                                              {0x2F, '\\'},
                                                              {0x3C, '['},
                                                              {0x3D, '~'},
                                                              {0x3E, ']'},
                                                              {0x40, '|'},
                                                              {0x0A, ' '}}};
  constexpr char kEscape = 0x1B;
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (text[at] == kEscape && at + 1 < text.size()) {
      const auto found = std::ranges::find(kEscaped, text[at + 1], &std::pair<char, char>::first);
      if (found != kEscaped.end()) {
        out += found->second;
        ++at;
        continue;
      }
    }
    if (text[at] == kEscape)
      append(out, kReplacement);  // of a sign that this table does not have
    else if (byte < kControls.size())
      append(out, kControls[byte]);
    else
      out += text[at];
  }
  return out;
}

std::string text_of_octets(std::string_view octets) {
  while (octets.starts_with("\xEF\xBB\xBF")) octets.remove_prefix(3);
  if (octets.starts_with("\xFE\xFF")) return from_utf16(octets.substr(2), true);
  if (octets.starts_with("\xFF\xFE")) return from_utf16(octets.substr(2), false);
  if (zeros_at(octets, 0)) return from_utf16(octets, true);
  if (zeros_at(octets, 1)) return from_utf16(octets, false);
  if (auto text = from_utf8(octets)) return *text;
  std::string out;
  for (const char c : octets) append(out, static_cast<unsigned char>(c));
  return out;
}

}  // namespace dlrgw::normalise
