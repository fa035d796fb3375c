// SPDX-License-Identifier: Apache-2.0
#include "daily_report.hpp"

#include <charconv>
#include <cstdio>

#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/text.hpp>

namespace dlrgw::admin_http {
namespace {

using namespace std::chrono;

constexpr std::size_t kDateLength = 10;

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return value;
}

ReportDay day_of(sys_days day) {
  const year_month_day date(day);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return {text, microseconds(day.time_since_epoch()).count(), microseconds((day + days(1)).time_since_epoch()).count()};
}

}  // namespace

std::optional<ReportDay> parse_report_day(std::string_view text) {
  if (text.size() != kDateLength || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto y = number(text.substr(0, 4));
  const auto m = number(text.substr(5, 2));
  const auto d = number(text.substr(8, 2));
  if (!y || !m || !d) return std::nullopt;
  const year_month_day date(year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d)));
  if (!date.ok() || *y == 0) return std::nullopt;
  return day_of(sys_days(date));
}

ReportDay report_day(std::int64_t now_us, int days_before) {
  return day_of(floor<days>(sys_time<microseconds>(microseconds(now_us))) - days(days_before));
}

std::string report_json(const DailyReport& report) {
  JsonWriter json;
  json.begin_object().member("date", report.date);
  json.member_or_null("createdAt", report.created_at_us ? rfc3339_ms(*report.created_at_us) : std::string());
  json.key("operators").begin_array();
  for (const OperatorReport& one : report.operators) {
    json.begin_object()
        .member("operatorId", one.operator_id)
        .member("received", one.received)
        .member("quarantined", one.quarantined)
        .member("late", one.late)
        .member("orphaned", one.orphaned)
        .member("duplicates", one.duplicates)
        .key("replayRate")
        .raw(one.replay_rate)
        .member("flagged", one.flagged)
        .end_object();
  }
  return json.end_array().end_object().take();
}

}  // namespace dlrgw::admin_http
