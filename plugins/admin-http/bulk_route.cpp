// SPDX-License-Identifier: Apache-2.0
#include "bulk_route.hpp"

#include <dlrgw/cpp/text.hpp>

#include "admin_route.hpp"

namespace dlrgw::admin_http {
void BulkRoute::register_in(Registrar& registrar) {
  registrar.route(admin_route("POST", "/v1/admin/dlr/rejected/resubmit"),
                  [this](const HttpRequest& request, HttpResponse& response) {
                    const auto parsed = parse_bulk_selection(request.body(), clock_.now_us());
                    const auto* selection = std::get_if<BulkSelection>(&parsed);
                    const std::string what = selection == nullptr ? std::string("{}") : selection_json(*selection);
                    desk_.perform(request, response, {"rejected.resubmit_many", "rejected", what},
                                  [&](std::string_view actor) -> Answer {
                                    if (selection == nullptr) return {400, std::get<std::string>(parsed)};
                                    return ask(actor, *selection);
                                  });
                  });
  registrar.route(
      admin_route("GET", "/v1/admin/dlr/rejected/resubmit/{id}"),
      [this](const HttpRequest& request, HttpResponse& response) { send(response, progress(request.param("id"))); });
}

Answer BulkRoute::ask(std::string_view actor, const BulkSelection& selection) const {
  try {
    const std::string id = bulk_.ask(actor, selection);
    bool begins_here = true;
    try {
      control_.run_job(kBulkJob);
    } catch (const Error&) {
      begins_here = false;  // it runs already, or another gateway leads it: then at its next turn
    }
    const std::optional<BulkProgress> stored = bulk_.progress(id);
    JsonWriter json;
    json.begin_object().member("id", id).member("matching", stored ? stored->matching : 0);
    json.member("job", kBulkJob).member("started", begins_here).end_object();
    return {202, json.take()};
  } catch (const Error& e) {
    return away(e);
  }
}

Answer BulkRoute::progress(std::string_view id) const {
  if (!is_uuid(id)) return {400, "the id of a request is a UUID"};
  try {
    const std::optional<BulkProgress> found = bulk_.progress(id);
    if (!found) return {404, "there is no request with this id"};
    return {200, progress_json(*found)};
  } catch (const Error& e) {
    return away(e);
  }
}

}  // namespace dlrgw::admin_http
