// SPDX-License-Identifier: Apache-2.0
#include "http/request_target.hpp"

#include <algorithm>
#include <optional>

#include <dlrgw/cpp/hex.hpp>
#include <dlrgw/cpp/utf8.hpp>

namespace dlrgw::host {
namespace {

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

bool safe_segment(std::string_view segment) {
  if (segment == "." || segment == "..") return false;
  return std::none_of(segment.begin(), segment.end(), [](char c) {
    return c == '/' || c == '\\' || c == '\x7F' || static_cast<unsigned char>(c) < 0x20;
  });
}

}  // namespace

Result<RequestTarget> parse_request_target(std::string_view text) {
  const auto refused = [](std::string_view what) { return Error{ErrorCode::kInvalid, std::string(what)}; };
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::size_t path = text.find_first_of("/?", scheme.size());
    text = path == std::string_view::npos ? std::string_view("/") : text.substr(path);
  }
  if (!text.starts_with('/')) return refused("the request target must start with \"/\"");
  text = text.substr(0, text.find('#'));
  const std::size_t mark = text.find('?');
  std::string_view raw_path = text.substr(1, mark == std::string_view::npos ? std::string_view::npos : mark - 1);

  RequestTarget out;
  while (true) {
    const std::size_t slash = raw_path.find('/');
    const auto segment = decode(raw_path.substr(0, slash), false);
    if (!segment) return refused("the path is not percent-encoded UTF-8");
    if (!safe_segment(*segment))
      return refused("the path holds a dot segment, an encoded slash or a control character");
    out.path += "/" + *segment;
    if (slash == std::string_view::npos) break;
    raw_path.remove_prefix(slash + 1);
  }
  if (mark == std::string_view::npos) return out;
  std::string_view query = text.substr(mark + 1);
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto name = decode(pair.substr(0, equals), true);
    auto value = decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name || !value) return refused("the query is not percent-encoded UTF-8");
    if (name->find('\0') != std::string::npos || value->find('\0') != std::string::npos)
      return refused("the query holds a NUL character");
    out.query.emplace_back(std::move(*name), std::move(*value));
  }
  return out;
}

}  // namespace dlrgw::host
