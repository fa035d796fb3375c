// SPDX-License-Identifier: Apache-2.0
// Writes one JSON object or array, RFC 8259: escaping and commas, nothing else. Invalid UTF-8 is replaced by U+FFFD.
#pragma once
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <dlrgw/cpp/hex.hpp>
#include <dlrgw/cpp/utf8.hpp>

namespace dlrgw {

namespace detail {

// ASCII that JSON takes as it is.
inline bool is_plain_json(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

inline void append_json_control(std::string& out, char c) {
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      append_hex(out, {&c, 1});
  }
}

}  // namespace detail

// Appends a quoted JSON string. Control characters are escaped, bytes that are no UTF-8 become U+FFFD.
inline void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (;;) {
    const auto special = std::find_if_not(text.begin(), text.end(), detail::is_plain_json);
    const auto plain = static_cast<std::size_t>(special - text.begin());
    out.append(text.data(), plain);
    if (special == text.end()) break;
    text.remove_prefix(plain);
    const char c = text.front();
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (length == 1) {
      detail::append_json_control(out, c);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(std::max(length, std::size_t{1}));
  }
  out += '"';
}

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
    append_json_string(out_, name);
    out_ += ':';
    fresh_ = true;
    return *this;
  }
  JsonWriter& value(std::string_view text) {
    comma();
    append_json_string(out_, text);
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
  std::string out_;
  bool fresh_ = true;
};

}  // namespace dlrgw
