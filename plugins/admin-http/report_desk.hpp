// SPDX-License-Identifier: Apache-2.0
// The daily report per operator: written once by a job for a day that is over; read as it was written, or counted anew
// for a day without one. Owned by the plugin; its job and its route use it concurrently.
#pragma once
#include <functional>

#include <dlrgw/plugin.hpp>

#include "daily_report.hpp"

namespace dlrgw::admin_http {

class ReportDesk {
 public:
  explicit ReportDesk(Host host);
  // The job: writes what the last days lack, each operator's row once, and a log line for each. A day or row that fails
  // is told, and the others are written; then it throws.
  void run(const JobContext& context) const;
  [[nodiscard]] DailyReport read(const ReportDay& day) const;

 private:
  [[nodiscard]] std::vector<OperatorReport> count(const ReportDay& day) const;
  [[nodiscard]] std::vector<OperatorReport> count(const UnitOfWork& work, const ReportDay& day) const;
  void write(const std::vector<OperatorReport>& rows, std::int64_t now_us) const;
  // Does the work; a failure is told. How many failed: 0 or 1.
  std::size_t each(std::string_view date, std::string_view operator_id, const std::function<void()>& work) const;
  void tell(const OperatorReport& row) const;

  Sql sql_;
  Clock clock_;
  Log log_;
  SqlStatement count_, stored_, insert_;
};

}  // namespace dlrgw::admin_http
