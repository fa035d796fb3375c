// SPDX-License-Identifier: Apache-2.0
#include "storage/result_table.hpp"

#include <charconv>

#include "storage/text_check.hpp"
#include "support/time_text.hpp"
#include "support/uuid.hpp"

namespace dlrgw::host {
namespace {

template <class Number>
bool parse_whole(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

void ResultTable::reset(std::uint32_t columns, std::uint32_t rows) {
  columns_ = columns;
  text_.clear();
  cells_.clear();
  cells_.reserve(std::size_t{columns} * rows);
  decoded_.clear();
}

void ResultTable::add(std::optional<std::string_view> cell) {
  cells_.push_back({text_.size(), cell ? cell->size() : 0, !cell.has_value()});
  if (cell) text_.append(*cell);
}

std::optional<std::string_view> ResultTable::raw(std::uint32_t row, std::uint32_t column) const {
  if (row >= rows() || column >= columns_) return std::nullopt;
  const Cell& cell = cells_[std::size_t{row} * columns_ + column];
  if (cell.null) return std::nullopt;
  return std::string_view(text_).substr(cell.start, cell.length);
}

Result<Value> ResultTable::get(std::uint32_t row, std::uint32_t column, ColumnType type) const {
  const auto where = [&] { return "row " + std::to_string(row) + ", column " + std::to_string(column); };
  if (row >= rows() || column >= columns_) return Error{ErrorCode::kInvalid, where() + ": the result has no such cell"};
  const std::optional<std::string_view> cell = raw(row, column);
  if (!cell) return Value::null();
  const std::string_view text = *cell;
  Value value;
  value.type = type;
  bool fits = false;
  switch (type) {
    case ColumnType::kBool:
      fits = text == "t" || text == "f";
      value.integer = text == "t" ? 1 : 0;
      break;
    case ColumnType::kInt:
      fits = parse_whole(text, value.integer);
      break;
    case ColumnType::kFloat:
      fits = parse_whole(text, value.number);
      break;
    case ColumnType::kTime:
      if (const auto at = parse_postgres_time(text)) {
        fits = true;
        value.integer = *at;
      }
      break;
    case ColumnType::kUuid:
      fits = parse_uuid_bytes(text).has_value();
      value.text = text;
      break;
    case ColumnType::kText:
    case ColumnType::kJson:
      fits = true;
      value.text = text;
      break;
    case ColumnType::kBytes: {
      const std::size_t index = std::size_t{row} * columns_ + column;
      auto found = decoded_.find(index);
      if (found == decoded_.end() && text.starts_with("\\x"))
        if (auto bytes = decode_hex(text.substr(2))) found = decoded_.emplace(index, std::move(*bytes)).first;
      fits = found != decoded_.end();
      if (fits) value.text = found->second;
      break;
    }
    case ColumnType::kNull:
      break;
  }
  if (!fits) return Error{ErrorCode::kInvalid, where() + ": the text is not of the asked type; cast it in the query"};
  return value;
}

}  // namespace dlrgw::host
