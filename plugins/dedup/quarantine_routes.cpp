// SPDX-License-Identifier: Apache-2.0
#include "quarantine_routes.hpp"

#include <dlrgw/cpp/text.hpp>

namespace dlrgw::dedup {
namespace {

constexpr std::string_view kScope = "dlr:admin";
constexpr std::uint32_t kSmallBody = 4096;  // a reason, or the "{}" of clients that send one with every POST

constexpr std::string_view kConsoleRows = "20";

RouteSpec route(std::string_view method, std::string_view pattern) {
  return {.listener = DLRGW_LISTENER_ADMIN,
          .method = method,
          .pattern = pattern,
          .scope = kScope,
          .body_limit = method == "GET" ? 0 : kSmallBody};
}

void refuse_second(const QuarantineDecision& first, HttpResponse& response) {
  response.problem(409, "this receipt was decided about already; nothing was done", [&](JsonWriter& more) {
    more.member("outcome", first.result);
    more.member("action", first.action);
    more.member("actor", first.actor);
    more.member("actedAt", rfc3339_ms(first.acted_at_us));
  });
}

bool is_away(const Error& error) { return error.code() == DLRGW_E_UNAVAILABLE || error.code() == DLRGW_E_TRANSIENT; }

}  // namespace

void QuarantineRoutes::add_to(Registrar& registrar) {
  using Handler = void (QuarantineRoutes::*)(const HttpRequest&, HttpResponse&) const;
  const auto add = [&](std::string_view method, std::string_view pattern, Handler handler) {
    registrar.route(route(method, pattern), [this, handler](const HttpRequest& request, HttpResponse& response) {
      try {
        (this->*handler)(request, response);
      } catch (const Error& e) {
        if (!is_away(e)) throw;
        response.problem(503, "a dependency did not answer; try again later");
      }
    });
  };
  add("GET", "/v1/admin/dlr/quarantine?from&to&operatorId&state&limit&cursor", &QuarantineRoutes::list);
  add("GET", "/console/quarantine", &QuarantineRoutes::part_of_console);
  add("POST", "/v1/admin/dlr/quarantine/{id}/release", &QuarantineRoutes::release);
  add("POST", "/v1/admin/dlr/quarantine/{id}/discard", &QuarantineRoutes::discard);
}

void QuarantineRoutes::list(const HttpRequest& request, HttpResponse& response) const {
  const auto parsed =
      parse_quarantine_query({request.query("operatorId"), request.query("state"), request.query("limit"),
                              request.query("cursor"), request.query("from"), request.query("to")});
  if (const auto* problem = std::get_if<std::string>(&parsed)) return response.problem(400, *problem);
  const auto& query = std::get<QuarantineQuery>(parsed);
  const std::vector<QuarantineItem> items = desk_.page(query);
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const QuarantineItem& item : items) json.raw(quarantine_json(item));
  const bool full = static_cast<std::int64_t>(items.size()) == query.limit;
  json.end_array().member_or_null("next", full ? cursor_text(items.back().place) : std::string()).end_object();
  response.json(200, json.text());
}

void QuarantineRoutes::part_of_console(const HttpRequest&, HttpResponse& response) const {
  const auto newest = parse_quarantine_query({.limit = kConsoleRows});
  response.send(200, "text/html; charset=utf-8", quarantine_html(desk_.page(std::get<QuarantineQuery>(newest))));
}

void QuarantineRoutes::release(const HttpRequest& request, HttpResponse& response) const {
  decide(request, response, &QuarantineRoutes::release_open);
}

void QuarantineRoutes::discard(const HttpRequest& request, HttpResponse& response) const {
  decide(request, response, &QuarantineRoutes::discard_open);
}

void QuarantineRoutes::decide(const HttpRequest& request, HttpResponse& response, Decide how) const {
  const std::string id(request.param("id"));
  if (!is_uuid(id)) return response.problem(400, "the id of a quarantined receipt is a UUID");
  const std::string actor(request.claims().subject());
  if (actor.empty()) {
    return response.problem(403, "the token names no subject (sub); a write needs one for its audit row");
  }
  const auto reason = parse_decision_reason(request.body());
  if (const auto* problem = std::get_if<std::string>(&reason)) return response.problem(400, *problem);
  const auto row = desk_.find(id);
  if (!row) return response.problem(404, "no receipt is quarantined under this id");
  if (row->decision) return refuse_second(*row->decision, response);
  (this->*how)(*row, {id, actor, std::get<DecisionReason>(reason).text}, response);
}

void QuarantineRoutes::release_open(const QuarantineDesk::Row& row, const QuarantineDesk::Decider& decider,
                                    HttpResponse& response) const {
  try {
    const SubmissionResult result = desk_.release(row, decider);
    JsonWriter json;
    json.begin_object().member("outcome", result.outcome).member_or_null("reason", result.reason).end_object();
    response.json(200, json.text());
  } catch (const Error& e) {
    if (e.code() == DLRGW_E_DENIED) return decided_already(decider.id, response);  // another request was faster
    if (e.code() == DLRGW_E_DATA) return response.problem(422, e.what());
    throw;
  }
}

void QuarantineRoutes::discard_open(const QuarantineDesk::Row&, const QuarantineDesk::Decider& decider,
                                    HttpResponse& response) const {
  if (!desk_.discard(decider)) return decided_already(decider.id, response);
  JsonWriter json;
  json.begin_object().member("outcome", "discarded").end_object();
  response.json(200, json.text());
}

void QuarantineRoutes::decided_already(std::string_view id, HttpResponse& response) const {
  const auto row = desk_.find(id);
  if (!row || !row->decision)
    throw Error(DLRGW_E_INTERNAL, "a quarantined receipt was refused as decided, but no decision is stored");
  refuse_second(*row->decision, response);
}

}  // namespace dlrgw::dedup
