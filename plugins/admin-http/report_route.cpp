// SPDX-License-Identifier: Apache-2.0
#include "report_route.hpp"

#include "admin_route.hpp"

namespace dlrgw::admin_http {

void ReportRoute::register_in(Registrar& registrar) {
  registrar.route(
      admin_route("GET", "/v1/admin/reports/daily?date"),
      [this](const HttpRequest& request, HttpResponse& response) { send(response, report(request.query("date"))); });
}

Answer ReportRoute::report(std::string_view date) const {
  const std::optional<ReportDay> day = date.empty() ? report_day(clock_.now_us(), 1) : parse_report_day(date);
  if (!day) return {400, "\"date\" is a day in UTC, written as 2026-11-22"};
  try {
    return {200, report_json(desk_.read(*day))};
  } catch (const Error& e) {
    return away(e);
  }
}

}  // namespace dlrgw::admin_http
