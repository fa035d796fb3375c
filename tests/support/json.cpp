// SPDX-License-Identifier: Apache-2.0
#include "support/json.hpp"

#include <boost/json.hpp>

#include <dlrgw/cpp/json_writer.hpp>

namespace dlrgw::test {

std::string json_quote(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

JsonObject& JsonObject::raw(std::string_view name, std::string_view json) {
  if (!members_.empty()) members_ += ',';
  members_ += json_quote(name);
  members_ += ':';
  members_ += json;
  return *this;
}

std::string json_field(std::string_view json, std::string_view name) {
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse({json.data(), json.size()}, error);
  if (error || !parsed.is_object()) return {};
  const auto* member = parsed.get_object().if_contains({name.data(), name.size()});
  if (member == nullptr) return {};
  if (const auto* text = member->if_string()) return {text->data(), text->size()};
  return boost::json::serialize(*member);
}

}  // namespace dlrgw::test
