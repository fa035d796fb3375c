// SPDX-License-Identifier: Apache-2.0
// Days in UTC, and what the daily report says of an operator. Pure; any thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::admin_http {

struct ReportDay {
  std::string date;            // "2026-11-22"
  std::int64_t begins_us = 0;  // included
  std::int64_t ends_us = 0;    // excluded
};
// nullopt: not a day of the calendar, written as 2026-11-22.
std::optional<ReportDay> parse_report_day(std::string_view text);
// 0: the day that now belongs to, 1: the day before it.
ReportDay report_day(std::int64_t now_us, int days_before);

struct OperatorReport {
  std::string date;
  std::string operator_id;
  std::int64_t received = 0;
  std::int64_t quarantined = 0;
  std::int64_t late = 0;
  std::int64_t orphaned = 0;
  std::int64_t duplicates = 0;
  std::string replay_rate;  // decimal, 0 to 1, six digits after the point
  bool flagged = false;     // the rate is above one in a hundred
};

struct DailyReport {
  std::string date;
  std::optional<std::int64_t> created_at_us;  // nullopt: counted for this answer, the day's report is not written yet
  std::vector<OperatorReport> operators;
};
// {date, createdAt, operators: [{operatorId, received, quarantined, late, orphaned, duplicates, replayRate, flagged}]}
std::string report_json(const DailyReport& report);

}  // namespace dlrgw::admin_http
