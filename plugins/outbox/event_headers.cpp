// SPDX-License-Identifier: Apache-2.0
#include "event_headers.hpp"

#include <dlrgw/plugin.hpp>

namespace dlrgw::outbox {

std::string default_schema(std::string_view subject) { return std::string(subject) + "/1"; }

std::string headers_of(std::string_view subject, std::string_view schema, std::string_view traceparent) {
  const bool named = schema != default_schema(subject);
  if (!named && traceparent.empty()) return {};
  JsonWriter json;
  json.begin_object();
  if (named) json.member("schema", schema);
  if (!traceparent.empty()) json.member("traceparent", traceparent);
  return json.end_object().take();
}

}  // namespace dlrgw::outbox
