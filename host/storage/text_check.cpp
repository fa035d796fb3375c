// SPDX-License-Identifier: Apache-2.0
#include "storage/text_check.hpp"

#include <cstddef>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/system/error_code.hpp>

#include <dlrgw/cpp/hex.hpp>
#include <dlrgw/cpp/utf8.hpp>

namespace dlrgw::host {
namespace {

// Builds nothing; only looks for what JSON allows and PostgreSQL does not: U+0000 in a string.
struct SyntaxOnly {
  using error_code = boost::system::error_code;
  using string_view = boost::json::string_view;
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  static bool no_nul(string_view part, error_code& ec) {
    if (part.find('\0') == string_view::npos) return true;
    ec = boost::json::error::syntax;
    return false;
  }
  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t, error_code&) { return true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(string_view part, std::size_t, error_code& ec) { return no_nul(part, ec); }
  bool on_key(string_view part, std::size_t, error_code& ec) { return no_nul(part, ec); }
  bool on_string_part(string_view part, std::size_t, error_code& ec) { return no_nul(part, ec); }
  bool on_string(string_view part, std::size_t, error_code& ec) { return no_nul(part, ec); }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, string_view, error_code&) { return true; }
  bool on_double(double, string_view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};

}  // namespace

bool is_strict_utf8(std::string_view text) { return text.find('\0') == std::string_view::npos && is_utf8(text); }

std::optional<std::string> decode_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string out(hex.size() / 2, '\0');
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<char>(high * 16 + low);
  }
  return out;
}

bool is_json(std::string_view text) {
  boost::json::basic_parser<SyntaxOnly> parser{boost::json::parse_options{}};
  boost::system::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (ec.failed()) return false;
  // write_some stops behind the first value; only white space may follow.
  return text.find_first_not_of(" \t\r\n", used) == std::string_view::npos;
}

}  // namespace dlrgw::host
