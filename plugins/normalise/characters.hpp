// SPDX-License-Identifier: Apache-2.0
// What a character of a receipt is to its reader: a blank, a part of a word, or a sign between words. Octets of UTF-8;
// what is not valid counts as a part of a word. Pure; any thread; constant time.
#pragma once
#include <cstddef>
#include <string_view>

namespace dlrgw::normalise {

constexpr bool is_ascii_blank(char c) { return static_cast<unsigned char>(c) <= 0x20U || c == 0x7F; }
constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_ascii_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// For characters beyond ASCII: what the two below ask.
std::size_t wide_blank_at(std::string_view text, std::size_t at);
std::size_t wide_blank_before(std::string_view text, std::size_t end);

// Bytes of the blank at `at`, 0 = none there. Blanks are white space of any script, control characters, byte order
// marks and the invisible marks of bidirectional text.
inline std::size_t blank_at(std::string_view text, std::size_t at) {
  if (static_cast<unsigned char>(text[at]) >= 0x80) return wide_blank_at(text, at);
  return is_ascii_blank(text[at]) ? 1 : 0;
}
// Bytes of the blank that ends before `end`, 0 = none.
inline std::size_t blank_before(std::string_view text, std::size_t end) {
  if (end == 0) return 0;
  if (static_cast<unsigned char>(text[end - 1]) >= 0x80) return wide_blank_before(text, end);
  return is_ascii_blank(text[end - 1]) ? 1 : 0;
}

// Bytes of the character that ends before `end`, which is not 0.
std::size_t character_before(std::string_view text, std::size_t end);
// Whether the character that ends before `end` is a letter, a digit or "_" of any script.
bool word_ends_at(std::string_view text, std::size_t end);

std::size_t skip_blanks(std::string_view text, std::size_t at);
std::size_t find_blank(std::string_view text, std::size_t at);  // text.size() when none follows
std::string_view without_blanks_around(std::string_view text);

// Whether the text holds a control character other than white space, or U+FFFD, the sign of a lost one: an id with such
// an octet is no id.
bool is_damaged(std::string_view text);
// Whether it holds any control character; such a text may not leave the plugin.
bool has_control(std::string_view text);

}  // namespace dlrgw::normalise
