// SPDX-License-Identifier: Apache-2.0
// What lists and exports of stored rows have in common: the range of time that is asked for, the form of an export,
// cells of CSV. Pure; any thread. A refusal is a sentence for the caller; it quotes nothing of the request.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <dlrgw/cpp/text.hpp>

namespace dlrgw {

// Microseconds since the epoch; from is included, to is not.
struct TimeRange {
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
};

// Both ends as 2026-11-01 or RFC 3339. Refused: none, or one that is no time; upside down; longer than a year and a
// day; begun in the future.
inline std::variant<TimeRange, std::string> parse_time_range(std::string_view from, std::string_view to,
                                                             std::int64_t now_us) {
  constexpr std::string_view kHelp = "write it as 2026-11-01 or 2026-11-01T00:00:00Z";
  constexpr std::int64_t kMostDays = 366;
  const auto no_time = [&](std::string_view name) {
    return std::string("\"").append(name).append("\" is no time; ").append(kHelp);
  };
  if (from.empty() || to.empty()) return std::string("give \"from\" and \"to\"; ").append(kHelp);
  const auto from_us = parse_time_us(from);
  if (!from_us) return no_time("from");
  const auto to_us = parse_time_us(to);
  if (!to_us) return no_time("to");
  if (*from_us >= *to_us) return std::string("\"from\" must be before \"to\", which is excluded");
  if (*from_us > now_us) return std::string("\"from\" lies in the future; nothing is stored from then");
  if (*to_us - *from_us > kMostDays * 86'400 * 1'000'000)
    return "from \"from\" to \"to\" are more than " + std::to_string(kMostDays) + " days; ask for a part at a time";
  return TimeRange{*from_us, *to_us};
}

enum class ExportFormat { kNdjson, kCsv };

// Empty is ndjson.
inline std::variant<ExportFormat, std::string> parse_export_format(std::string_view text) {
  if (text.empty() || text == "ndjson") return ExportFormat::kNdjson;
  if (text == "csv") return ExportFormat::kCsv;
  return std::string("\"format\" is neither ndjson nor csv");
}
inline std::string_view content_type(ExportFormat format) {
  return format == ExportFormat::kCsv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
}

// In quotes. What a spreadsheet would take for a formula begins with an apostrophe.
inline std::string csv_cell(std::string_view text) {
  constexpr std::string_view kFormulaStarts = "=+-@\t\r\n";
  std::string out = "\"";
  if (!text.empty() && kFormulaStarts.find(text.front()) != std::string_view::npos) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

}  // namespace dlrgw
