// SPDX-License-Identifier: Apache-2.0
// Writing the JSON of a receipt by hand, so that a test controls every byte, and reading single fields of the gateway's
// own JSON. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw::test {

[[nodiscard]] std::string json_quote(std::string_view text);

class JsonObject {
 public:
  JsonObject& text(std::string_view name, std::string_view value) { return raw(name, json_quote(value)); }
  JsonObject& number(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }
  JsonObject& boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  JsonObject& raw(std::string_view name, std::string_view json);  // json is taken as it is
  [[nodiscard]] std::string str() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

// A member of a JSON object as text: strings unquoted, everything else as JSON; empty when it is not there or the text
// is no object.
[[nodiscard]] std::string json_field(std::string_view json, std::string_view name);

}  // namespace dlrgw::test
