// SPDX-License-Identifier: Apache-2.0
#include "parse_route.hpp"

#include "admin_route.hpp"
#include "answer.hpp"

namespace dlrgw::admin_http {
namespace {

constexpr std::uint32_t kMaxEvent = 256U * 1024U;  // the inbound contract's

}  // namespace

std::string describe(const SubmissionResult& result) {
  JsonWriter json;
  json.begin_object();
  json.member("outcome", result.outcome);
  json.member_or_null("reason", result.reason);
  json.member_or_null("stage", result.stage);
  json.key("receipt");
  result.report.empty() ? json.null() : json.raw(result.report);
  json.end_object();
  return json.take();
}

void ParseRoute::register_in(Registrar& registrar) {
  registrar.route(
      admin_route("POST", "/v1/admin/dlr/parse", kMaxEvent),
      [this](const HttpRequest& request, HttpResponse& response) { send(response, parse(request.body())); });
}

Answer ParseRoute::parse(std::string_view event) const {
  if (event.empty()) return {400, "send an inbound event as the body, as it is published to the stream"};
  try {
    return {200, describe(pipeline_.submit({.payload = event, .origin = "admin.parse", .dry_run = true}))};
  } catch (const Error& e) {
    return submission_refusal(e, 400);
  }
}

}  // namespace dlrgw::admin_http
