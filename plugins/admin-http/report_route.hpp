// SPDX-License-Identifier: Apache-2.0
// GET /v1/admin/reports/daily?date=: the daily report of a day, yesterday's without a date.
#pragma once
#include <string_view>

#include <dlrgw/plugin.hpp>

#include "answer.hpp"
#include "report_desk.hpp"

namespace dlrgw::admin_http {

class ReportRoute {
 public:
  // desk must outlive this.
  ReportRoute(Host host, const ReportDesk& desk) : clock_(host), desk_(desk) {}
  void register_in(Registrar& registrar);

 private:
  [[nodiscard]] Answer report(std::string_view date) const;
  Clock clock_;
  const ReportDesk& desk_;
};

}  // namespace dlrgw::admin_http
