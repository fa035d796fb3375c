// SPDX-License-Identifier: Apache-2.0
#include "characters.hpp"

#include <algorithm>

namespace dlrgw::normalise {
namespace {

constexpr unsigned octet(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

constexpr bool is_continuation(unsigned byte) { return byte >> 6U == 2; }

struct Decoded {
  char32_t code = 0;
  std::size_t bytes = 1;
};

// Decodes a character of 2 or 3 bytes; for all others the first byte alone decides what they are.
Decoded decode(std::string_view text, std::size_t at) {
  const unsigned lead = octet(text, at);
  const std::size_t bytes = lead >> 5U == 6 ? 2 : lead >> 4U == 14 ? 3 : 1;
  if (bytes == 1 || text.size() - at < bytes) return {lead};
  char32_t code = bytes == 2 ? lead & 0x1FU : lead & 0x0FU;
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_continuation(octet(text, at + i))) return {lead};
    code = code << 6U | (octet(text, at + i) & 0x3FU);
  }
  return {code, bytes};
}

constexpr bool is_blank_beyond_ascii(char32_t c) {
  return (c >= 0x80 && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
         (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF;
}

constexpr bool is_sign_beyond_ascii(char32_t c) {
  if (is_blank_beyond_ascii(c)) return true;
  return (c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA) || c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c < 0x2C00) ||
         c == 0x60C || c == 0x61B || (c >= 0x3000 && c < 0x3040) || c == 0x30FB || (c >= 0xFF00 && c < 0xFF10) ||
         c >= 0xFFF0;
}

// Where the character that ends before `end` begins.
std::size_t begin_of(std::string_view text, std::size_t end) {
  std::size_t at = end - 1;
  while (at > 0 && end - at < 4 && is_continuation(octet(text, at))) --at;
  return at;
}

}  // namespace

std::size_t character_before(std::string_view text, std::size_t end) { return end - begin_of(text, end); }

std::size_t wide_blank_at(std::string_view text, std::size_t at) {
  const Decoded character = decode(text, at);
  return character.bytes > 1 && is_blank_beyond_ascii(character.code) ? character.bytes : 0;
}

std::size_t wide_blank_before(std::string_view text, std::size_t end) {
  const std::size_t at = begin_of(text, end);
  return blank_at(text, at) == end - at ? end - at : 0;
}

bool word_ends_at(std::string_view text, std::size_t end) {
  if (end == 0) return false;
  const char last = text[end - 1];
  if (static_cast<unsigned char>(last) < 0x80) return is_ascii_letter(last) || is_digit(last) || last == '_';
  const std::size_t at = begin_of(text, end);
  if (end - at == 4) return octet(text, at) != 0xF0 || octet(text, at + 1) != 0x9F;  // pictures are signs
  const Decoded character = decode(text, at);
  return character.bytes != end - at || character.bytes == 1 || !is_sign_beyond_ascii(character.code);
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const std::size_t bytes = blank_at(text, at);
    if (bytes == 0) break;
    at += bytes;
  }
  return at;
}

std::size_t find_blank(std::string_view text, std::size_t at) {
  while (at < text.size() && blank_at(text, at) == 0) ++at;
  return at;
}

std::string_view without_blanks_around(std::string_view text) {
  text.remove_prefix(skip_blanks(text, 0));
  for (std::size_t bytes = blank_before(text, text.size()); bytes != 0; bytes = blank_before(text, text.size()))
    text.remove_suffix(bytes);
  return text;
}

bool is_damaged(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned byte = octet(text, at);
    if ((byte < 0x20 && (byte < '\t' || byte > '\r')) || byte == 0x7F) return true;
    if (byte < 0xC2) continue;
    const Decoded character = decode(text, at);
    if (character.bytes > 1 && (character.code < 0xA0 || character.code == 0xFFFD)) return true;
  }
  return false;
}

bool has_control(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned byte = octet(text, at);
    if (byte < 0x20 || byte == 0x7F || (byte == 0xC2 && at + 1 < text.size() && octet(text, at + 1) < 0xA0))
      return true;
  }
  return false;
}

}  // namespace dlrgw::normalise
