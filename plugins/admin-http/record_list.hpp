// SPDX-License-Identifier: Apache-2.0
// Lists and exports of stored rows, all alike: which lists there are, what a caller asks for, and what a row looks
// like. Pure; any thread. A refusal is a sentence for the caller; it quotes nothing of the request.
#pragma once
#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <dlrgw/cpp/listing.hpp>

namespace dlrgw::admin_http {

enum class CellKind { kText, kNumber, kBool, kTime, kJson };

struct RecordColumn {
  std::string_view name;  // in JSON and in the header of CSV
  std::string_view sql;   // of the row `x`
  CellKind kind = CellKind::kText;
};

struct RecordFilter {
  std::string_view name;  // of the query parameter
  std::string_view sql;   // what has to be equal to it
  bool uuid = false;
};
inline constexpr std::size_t kMaxFilters = 3;

// What orders rows of the same time: a part of the cursor.
enum class PlaceKind { kUuid, kNumber, kNumberAndText, kText };

struct RecordList {
  std::string_view name;                 // of statements and files
  std::string_view path;                 // of the list; /export is behind it
  bool pages = true;                     // false: there is an export alone
  std::string_view from;                 // a table as `x`, and what is joined to it
  std::string_view condition;            // of its rows, or "true"
  std::string_view at;                   // the time that a range is of
  std::vector<std::string_view> behind;  // columns that order rows of one time, as PlaceKind has them
  PlaceKind place = PlaceKind::kUuid;
  std::vector<RecordFilter> filters;
  bool needs_filter = false;   // one of them has to be given
  std::int64_t window_us = 0;  // an export reads so much time at once; 0: there is an index in the order of time
  std::string_view payload;    // bytes as received, for those who may see them; empty: there are none
  std::vector<RecordColumn> columns;
};

[[nodiscard]] const std::vector<RecordList>& record_lists();

// The place of a row in the order of time.
struct RecordPlace {
  std::int64_t at_us = 0;
  std::int64_t number = 0;
  std::string text;
};
[[nodiscard]] std::string cursor_text(const RecordPlace& place);

struct RecordQuery {
  TimeRange range;
  std::optional<RecordPlace> beyond;             // excluded
  std::array<std::string, kMaxFilters> filters;  // as RecordList::filters; empty: not asked for
  std::int64_t limit = 0;
  ExportFormat format = ExportFormat::kNdjson;  // of an export
};

// A query parameter by its name; empty when it is not given.
using Parameter = std::function<std::string_view(std::string_view)>;

[[nodiscard]] std::variant<RecordQuery, std::string> parse_page(const RecordList& list, const Parameter& given,
                                                                std::int64_t now_us);
[[nodiscard]] std::variant<RecordQuery, std::string> parse_export(const RecordList& list, const Parameter& given,
                                                                  std::int64_t now_us);
// "?from&to&…", as the pattern of its route names them.
[[nodiscard]] std::string page_pattern(const RecordList& list);
[[nodiscard]] std::string export_pattern(const RecordList& list);

struct Record {
  RecordPlace place;
  std::vector<std::optional<std::string>> cells;  // as the columns; the text of JSON but for its quotes
  std::optional<std::string> payload;             // as it came in: phone numbers, message text
};
[[nodiscard]] std::string record_json(const RecordList& list, const Record& record);
// RFC 4180, ended by CR LF. The payload is in JSON alone.
[[nodiscard]] std::string record_csv_header(const RecordList& list);
[[nodiscard]] std::string record_csv(const Record& record);

}  // namespace dlrgw::admin_http
