// SPDX-License-Identifier: Apache-2.0
// Writes one JSON object or array, RFC 8259: escaping and commas, nothing else. Invalid UTF-8 is replaced by U+FFFD.
#pragma once
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw {

class JsonWriter {
 public:
  // Makes room for a text of that many bytes at once instead of by doubling; a longer one grows on.
  JsonWriter& reserve(std::size_t bytes) {
    out_.reserve(bytes);
    return *this;
  }
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name) {
    comma();
    quoted(name);
    out_ += ':';
    fresh_ = true;
    return *this;
  }
  JsonWriter& value(std::string_view text) {
    comma();
    quoted(text);
    return *this;
  }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(std::int64_t number) {
    comma();
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
    out_.append(buffer, end);
    return *this;
  }
  JsonWriter& value(bool flag) {
    comma();
    out_ += flag ? "true" : "false";
    return *this;
  }
  JsonWriter& null() {
    comma();
    out_ += "null";
    return *this;
  }
  // A value that is JSON already.
  JsonWriter& raw(std::string_view json) {
    comma();
    out_ += json;
    return *this;
  }
  template <class T>
  JsonWriter& member(std::string_view name, const T& v) {
    key(name);
    return value(v);
  }
  // null when the text is empty.
  JsonWriter& member_or_null(std::string_view name, std::string_view text) {
    key(name);
    return text.empty() ? null() : value(text);
  }
  [[nodiscard]] const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char c) {
    comma();
    out_ += c;
    fresh_ = true;
    return *this;
  }
  JsonWriter& close(char c) {
    out_ += c;
    fresh_ = false;
    return *this;
  }
  void comma() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  static bool is_plain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }
  // Length of the valid UTF-8 sequence at i, 0 if there is none.
  static std::size_t sequence(std::string_view s, std::size_t i) {
    const auto byte = [&](std::size_t k) { return k < s.size() ? static_cast<unsigned char>(s[k]) : 0U; };
    const auto tail = [&](std::size_t k) { return (byte(k) & 0xC0U) == 0x80U; };
    const unsigned c = byte(i);
    if (c < 0x80U) return 1;
    if (c >= 0xC2U && c <= 0xDFU) return tail(i + 1) ? 2 : 0;
    if (c >= 0xE0U && c <= 0xEFU) {
      if (!tail(i + 1) || !tail(i + 2)) return 0;
      const unsigned next = byte(i + 1);
      return (c == 0xE0U && next < 0xA0U) || (c == 0xEDU && next > 0x9FU) ? 0 : 3;
    }
    if (c >= 0xF0U && c <= 0xF4U) {
      if (!tail(i + 1) || !tail(i + 2) || !tail(i + 3)) return 0;
      const unsigned next = byte(i + 1);
      return (c == 0xF0U && next < 0x90U) || (c == 0xF4U && next > 0x8FU) ? 0 : 4;
    }
    return 0;
  }
  void quoted(std::string_view s) {
    static constexpr char kHex[] = "0123456789abcdef";
    out_ += '"';
    for (std::size_t i = 0; i < s.size();) {
      const std::size_t start = i;
      while (i < s.size() && is_plain(s[i])) ++i;
      out_.append(s, start, i - start);
      if (i == s.size()) break;
      const auto c = static_cast<unsigned char>(s[i]);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += s[i++];
      } else if (c < 0x20U) {
        out_ += "\\u00";
        out_ += kHex[c >> 4U];
        out_ += kHex[c & 15U];
        ++i;
      } else if (const std::size_t n = sequence(s, i); n != 0) {
        out_.append(s, i, n);
        i += n;
      } else {
        out_ += "\xEF\xBF\xBD";
        ++i;
      }
    }
    out_ += '"';
  }
  std::string out_;
  bool fresh_ = true;
};

}  // namespace dlrgw
