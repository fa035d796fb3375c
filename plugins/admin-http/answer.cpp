// SPDX-License-Identifier: Apache-2.0
#include "answer.hpp"

#include <charconv>

namespace dlrgw::admin_http {

Answer refusal(const Error& error, std::uint32_t refused) {
  switch (error.code()) {
    case DLRGW_E_NOT_FOUND:
      return {404, error.what()};
    case DLRGW_E_UNAVAILABLE:
      return {503, error.what()};
    default:
      return {refused, error.what()};
  }
}

Answer submission_refusal(const Error& error, std::uint32_t no_receipt) {
  switch (error.code()) {
    case DLRGW_E_DATA:
      return {no_receipt, error.what()};
    case DLRGW_E_UNAVAILABLE:
    case DLRGW_E_TRANSIENT:
      return {503, error.what()};
    default:
      return {500, error.what()};
  }
}

Answer away(const Error& error) {
  if (error.code() != DLRGW_E_UNAVAILABLE && error.code() != DLRGW_E_TRANSIENT) throw error;
  return {503, "PostgreSQL did not answer; try again later"};
}

std::string audit_details(const Answer& answer, std::string_view instance) {
  JsonWriter json;
  json.begin_object();
  json.member("result", answer.ok() ? "ok" : "refused");
  json.member("status", std::int64_t{answer.status});
  if (!answer.ok()) json.member("reason", answer.body);
  json.member("instance", instance);
  json.end_object();
  return json.take();
}

std::optional<std::int64_t> parse_sequence(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (wrong != std::errc() || end != text.data() + text.size() || text.front() == '-' || out == 0) return std::nullopt;
  return out;
}

void send(HttpResponse& response, const Answer& answer) {
  if (answer.ok()) {
    response.json(answer.status, answer.body);
  } else {
    response.problem(answer.status, answer.body, answer.more);
  }
}

}  // namespace dlrgw::admin_http
