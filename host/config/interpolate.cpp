// SPDX-License-Identifier: Apache-2.0
#include "config/interpolate.hpp"

#include <algorithm>
#include <cstdlib>

namespace dlrgw::host {
namespace {

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c); });
}

Result<std::string> reference(std::string_view body, const EnvLookup& env) {
  const std::size_t dash = body.find(":-");
  const std::string name(body.substr(0, dash));
  if (!is_name(name)) {
    return Error{ErrorCode::kInvalid,
                 "${…} must hold an environment name, as in ${NAME} or ${NAME:-default}; write $${ for a literal ${"};
  }
  const auto value = env(name);
  if (dash != std::string_view::npos) {
    if (value && !value->empty()) return *value;
    return std::string(body.substr(dash + 2));
  }
  if (!value)
    return Error{ErrorCode::kNotFound,
                 "environment variable " + name + " is not set; set it or write ${" + name + ":-default}"};
  return *value;
}

}  // namespace

EnvLookup process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<Interpolated> interpolate(std::string_view text, const EnvLookup& env) {
  Interpolated out;
  while (true) {
    const std::size_t start = text.find("${");
    if (start == std::string_view::npos) {
      out.text += text;
      return out;
    }
    if (start > 0 && text[start - 1] == '$') {
      out.text += text.substr(0, start - 1);
      out.text += "${";
      text.remove_prefix(start + 2);
      continue;
    }
    out.text += text.substr(0, start);
    const std::size_t end = text.find('}', start);
    if (end == std::string_view::npos)
      return Error{ErrorCode::kInvalid, "${ without its closing }; write $${ for a literal ${"};
    const auto value = reference(text.substr(start + 2, end - start - 2), env);
    if (!value) return value.error();
    out.text += *value;
    out.replaced = true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace dlrgw::host
