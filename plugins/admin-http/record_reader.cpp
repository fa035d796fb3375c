// SPDX-License-Identifier: Apache-2.0
#include "record_reader.hpp"

#include <algorithm>

namespace dlrgw::admin_http {
namespace {

constexpr std::string_view kPool = "admin";
constexpr std::uint32_t kFirstColumn = 4;  // behind the place and the payload

std::string text_of(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

// The columns that order rows of one time, as parameters of the place behind which a page begins.
std::vector<std::string> place_parameters(PlaceKind kind) {
  switch (kind) {
    case PlaceKind::kUuid:
      return {"r.beyond_text::uuid"};
    case PlaceKind::kNumber:
      return {"r.beyond_number"};
    case PlaceKind::kNumberAndText:
      return {"r.beyond_text", "r.beyond_number"};
    case PlaceKind::kText:
      return {"r.beyond_text"};
  }
  return {};
}

// The bounds of the range make a page one range of the index; what is behind the place decides within one time only.
std::string page_sql(const RecordList& list, bool newest_first) {
  const std::string_view direction = newest_first ? " DESC" : "";
  std::string columns, order(list.at), row(list.at), place = "r.beyond_at";
  for (const RecordColumn& column : list.columns)
    columns += text_of({", ", column.sql, column.kind == CellKind::kTime ? "" : "::text"});
  order += direction;
  for (const std::string_view column : list.behind) {
    order.append(", ").append(column).append(direction);
    row.append(", ").append(column);
  }
  for (const std::string& parameter : place_parameters(list.place)) place += ", " + parameter;
  const bool number = list.place == PlaceKind::kNumber || list.place == PlaceKind::kNumberAndText;
  const bool text = list.place != PlaceKind::kNumber;
  std::string filters;
  for (std::size_t i = 0; i < list.filters.size(); ++i) {
    const std::string parameter = "r.filter_" + std::to_string(i);
    filters += text_of({" AND (", parameter, " IS NULL OR ", list.filters[i].sql, " = ", parameter,
                        list.filters[i].uuid ? "::uuid)" : ")"});
  }
  return text_of(
      {"SELECT i.* FROM dlrgw_rows r CROSS JOIN LATERAL (SELECT ",
       list.at,
       ", ",
       number ? list.behind.back() : "0::bigint",
       ", ",
       text ? list.behind.front() : "''",
       "::text, ",
       list.payload.empty() ? "NULL::bytea" : text_of({"CASE WHEN r.with_payload THEN ", list.payload, " END"}),
       columns,
       " FROM ",
       list.from,
       " WHERE ",
       list.condition,
       " AND ",
       list.at,
       " >= r.from_at AND ",
       list.at,
       " < r.to_at",
       filters,
       " AND (r.beyond_at IS NULL OR (",
       row,
       ") ",
       newest_first ? "<" : ">",
       " (",
       place,
       ")) ORDER BY ",
       order,
       " LIMIT r.max_rows) i"});
}

}  // namespace

RecordReader::RecordReader(Host host, const RecordList& list) : list_(list), sql_(host) {
  using enum SqlType;
  const auto define = [&](bool newest_first) {
    return sql_.query("list_" + std::string(list.name) + (newest_first ? "_newest_first" : "_oldest_first"),
                      page_sql(list, newest_first),
                      {{"from_at", kTime},
                       {"to_at", kTime},
                       {"beyond_at", kTime},
                       {"beyond_number", kInt},
                       {"beyond_text", kText},
                       {"filter_0", kText},
                       {"filter_1", kText},
                       {"filter_2", kText},
                       {"with_payload", kBool},
                       {"max_rows", kInt}});
  };
  if (list.pages) newest_first_ = define(true);
  oldest_first_ = define(false);
}

std::vector<Record> RecordReader::newest_first(const RecordQuery& query, bool with_payload) const {
  RecordQuery page = query;
  if (page.beyond) page.range.to_us = std::min(page.range.to_us, page.beyond->at_us + 1);
  return read(newest_first_, page, with_payload);
}

std::vector<Record> RecordReader::oldest_first(const RecordQuery& query, bool with_payload) const {
  RecordQuery page = query;
  if (page.beyond) page.range.from_us = std::max(page.range.from_us, page.beyond->at_us);
  return read(oldest_first_, page, with_payload);
}

std::vector<Record> RecordReader::read(SqlStatement statement, const RecordQuery& query, bool with_payload) const {
  const OwnUnitOfWork work = sql_.open(kPool);
  const bool begun = query.beyond.has_value();
  work.add(statement, 0,
           {SqlValue::time(query.range.from_us), SqlValue::time(query.range.to_us),
            begun ? SqlValue::time(query.beyond->at_us) : SqlValue::null(),
            begun ? SqlValue::integer(query.beyond->number) : SqlValue::null(),
            begun ? SqlValue::text_or_null(query.beyond->text) : SqlValue::null(),
            SqlValue::text_or_null(query.filters[0]), SqlValue::text_or_null(query.filters[1]),
            SqlValue::text_or_null(query.filters[2]), SqlValue::boolean(with_payload), SqlValue::integer(query.limit)});
  const SqlResult result = work.query(statement);
  std::vector<Record> out;
  out.reserve(result.rows());
  for (std::uint32_t row = 0; row < result.rows(); ++row) out.push_back(record_at(result, row));
  return out;
}

Record RecordReader::record_at(const SqlResult& result, std::uint32_t row) const {
  Record out{{result.time_us(row, 0).value_or(0), result.integer(row, 1), std::string(result.text(row, 2))}, {}, {}};
  if (!result.is_null(row, 3)) out.payload = std::string(result.bytes(row, 3));
  for (std::uint32_t i = 0; i < list_.columns.size(); ++i) {
    const std::uint32_t column = kFirstColumn + i;
    if (list_.columns[i].kind == CellKind::kTime) {
      const auto us = result.time_us(row, column);
      out.cells.push_back(us && is_storable_time(*us) ? std::optional(rfc3339_ms(*us)) : std::nullopt);
    } else if (result.is_null(row, column)) {
      out.cells.emplace_back();
    } else {
      out.cells.emplace_back(result.text(row, column));
    }
  }
  return out;
}

}  // namespace dlrgw::admin_http
