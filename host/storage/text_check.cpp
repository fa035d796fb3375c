#include "storage/text_check.hpp"

#include <cstddef>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/system/error_code.hpp>

namespace dlrgw::host {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// Length of the UTF-8 sequence at the front of text (2..4), or 0: overlong forms, surrogates and code points above
// U+10FFFF are refused, as PostgreSQL does (Unicode 15, table 3-7).
std::size_t multibyte_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead >= 0xC2 && lead <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

constexpr std::array<std::int8_t, 256> make_hex_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t digit = 0; digit < 16; ++digit) {
    const auto c = static_cast<std::uint8_t>(kHexDigits[digit]);
    values[c] = static_cast<std::int8_t>(digit);
    if (digit >= 10) values[c - 'a' + 'A'] = static_cast<std::int8_t>(digit);
  }
  return values;
}
constexpr std::array<std::int8_t, 256> kHexValues = make_hex_values();

// -1: no hex digit.
int hex_value(char c) { return kHexValues[static_cast<std::uint8_t>(c)]; }

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

bool is_strict_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    const std::size_t length = byte == 0 ? 0 : byte < 0x80 ? 1 : multibyte_length(text.substr(i));
    if (length == 0) return false;
    i += length;
  }
  return true;
}

void append_hex(std::string& out, std::string_view bytes) {
  const std::size_t start = out.size();
  out.resize(start + 2 * bytes.size());
  char* at = out.data() + start;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    *at++ = kHexDigits[byte >> 4];
    *at++ = kHexDigits[byte & 15];
  }
}

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

std::optional<std::array<std::uint8_t, 16>> parse_uuid_bytes(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  static constexpr std::array<std::uint8_t, 16> kAt{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  std::array<std::uint8_t, 16> bytes{};
  int seen = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int value = hex_value(text[kAt[i]]) * 16 | hex_value(text[kAt[i] + 1U]);
    seen |= value;  // negative once any digit was none
    bytes[i] = static_cast<std::uint8_t>(value);
  }
  if (seen < 0) return std::nullopt;
  return bytes;
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
