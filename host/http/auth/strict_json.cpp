// SPDX-License-Identifier: Apache-2.0
#include "http/auth/strict_json.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>

namespace dlrgw::host {
namespace {

namespace json = boost::json;
using error_code = boost::system::error_code;

constexpr std::size_t kMaxDepth = 8;

// Collects the member names of each open object and ignores everything else.
struct NameHandler {
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  std::vector<std::set<std::string, std::less<>>> open;
  std::string key;

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, error_code&) {
    open.pop_back();
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(json::string_view text, std::size_t, error_code&) {
    key.append(text.data(), text.size());
    return true;
  }
  bool on_key(json::string_view text, std::size_t, error_code& ec) {
    key.append(text.data(), text.size());
    const bool fresh = open.back().insert(std::exchange(key, {})).second;
    if (!fresh) ec = json::error::syntax;
    return fresh;
  }
  bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, error_code&) { return true; }
  bool on_double(double, json::string_view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }
};

}  // namespace

std::optional<json::value> parse_strict_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  error_code ec;
  json::basic_parser<NameHandler> names(options);
  if (names.write_some(false, text.data(), text.size(), ec) != text.size() || ec || !names.done()) return std::nullopt;
  json::value value = json::parse({text.data(), text.size()}, ec, {}, options);
  if (ec) return std::nullopt;
  return value;
}

}  // namespace dlrgw::host
