// SPDX-License-Identifier: Apache-2.0
#include "storage/row_set.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "storage/text_check.hpp"
#include "support/uuid.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t kLastTimeUs = 253'402'300'799'999'999;   // 9999-12-31 23:59:59.999999, what RFC 3339 can say
constexpr std::int64_t kPostgresEpochUs = 946'684'800'000'000;  // 2000-01-01, where its binary times begin
constexpr std::uint32_t kNullLength = 0xFFFF'FFFFU;
constexpr std::size_t kArrayHeaderBytes = 5 * sizeof(std::uint32_t);
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
constexpr char kKeyPresent = 1;
constexpr char kKeyNull = 2;  // NULLS LAST, as PostgreSQL sorts by default

template <class Unsigned>
void append_big_endian(std::string& out, Unsigned value) {
  std::array<char, sizeof value> bytes{};
  for (std::size_t i = bytes.size(); i-- > 0; value >>= 8U) bytes[i] = static_cast<char>(value & 0xFFU);
  out.append(bytes.data(), bytes.size());
}

bool is_null(const Value& value) {
  return value.type == ColumnType::kNull || (value.type == ColumnType::kTime && value.integer == kNoTime);
}

void append_key(std::string& out, const Value& value) {
  if (is_null(value)) {
    out += kKeyNull;
    return;
  }
  out += kKeyPresent;
  switch (value.type) {
    case ColumnType::kBool:
    case ColumnType::kInt:
    case ColumnType::kTime:
      append_big_endian(out, static_cast<std::uint64_t>(value.integer) ^ kSignBit);
      return;
    case ColumnType::kFloat: {
      const auto bits = std::bit_cast<std::uint64_t>(value.number == 0 ? 0.0 : value.number);  // -0 equals 0
      append_big_endian(out, (bits & kSignBit) != 0 ? ~bits : bits | kSignBit);
      return;
    }
    case ColumnType::kText:  // holds no NUL, so the terminator sorts a prefix first
      out.append(value.text);
      out += '\0';
      return;
    case ColumnType::kBytes:  // NUL is 00 FF, the end is 00 00
      for (const char c : value.text) {
        out += c;
        if (c == '\0') out += '\xFF';
      }
      out.append(2, '\0');
      return;
    case ColumnType::kUuid:
      if (const auto bytes = parse_uuid_bytes(value.text))
        out.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
      return;
    case ColumnType::kJson:
    case ColumnType::kNull:
      return;  // refused as a key when the statement was compiled
  }
}

bool is_json_null(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text.substr(first).starts_with("null");
}

void append_element(std::string& out, std::string_view bytes) {
  append_big_endian(out, static_cast<std::uint32_t>(bytes.size()));
  out.append(bytes);
}

void append_element(std::string& out, std::uint64_t value) {
  append_big_endian(out, std::uint32_t{sizeof value});
  append_big_endian(out, value);
}

// Appends one value that is not null. A returned text says what is wrong; empty = fine.
std::string_view append_value(std::string& out, const Value& value) {
  switch (value.type) {
    case ColumnType::kBool:
      append_element(out, std::string_view(value.integer != 0 ? "\1" : "\0", 1));
      return {};
    case ColumnType::kInt:
      append_element(out, static_cast<std::uint64_t>(value.integer));
      return {};
    case ColumnType::kFloat:
      if (!std::isfinite(value.number)) return "not a finite number";
      append_element(out, std::bit_cast<std::uint64_t>(value.number));
      return {};
    case ColumnType::kText:
      if (!is_strict_utf8(value.text)) return "not valid UTF-8, or holds a NUL";
      append_element(out, value.text);
      return {};
    case ColumnType::kBytes:
      append_element(out, value.text);
      return {};
    case ColumnType::kTime:
      if (value.integer < 0 || value.integer > kLastTimeUs) return "a time outside of 1970 to 9999";
      append_element(out, static_cast<std::uint64_t>(value.integer - kPostgresEpochUs));
      return {};
    case ColumnType::kUuid: {
      const auto bytes = parse_uuid_bytes(value.text);
      if (!bytes) return "not a UUID";
      append_element(out, std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
      return {};
    }
    case ColumnType::kJson:
      if (!is_json(value.text)) return "not one JSON value that PostgreSQL takes";
      if (is_json_null(value.text)) {
        append_big_endian(out, kNullLength);
      } else {
        append_element(out, value.text);
      }
      return {};
    case ColumnType::kNull:
      break;
  }
  return "unknown type";
}

// pg_type.dat; these numbers never change.
std::uint32_t type_oid(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return 16;
    case ColumnType::kBytes:
      return 17;
    case ColumnType::kInt:
      return 20;
    case ColumnType::kText:
    case ColumnType::kNull:
      break;
    case ColumnType::kJson:
      return 114;
    case ColumnType::kFloat:
      return 701;
    case ColumnType::kTime:
      return 1184;
    case ColumnType::kUuid:
      return 2950;
  }
  return 25;
}

std::uint32_t read_length(const char* at) {
  std::array<std::uint8_t, sizeof(std::uint32_t)> bytes{};
  std::memcpy(bytes.data(), at, bytes.size());
  std::uint32_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8U | byte;
  return value;
}

}  // namespace

Status RowSet::append(std::uint64_t tag, std::span<const Value> values) {
  const std::size_t cells_start = cells_.size();
  const std::size_t key_start = keys_.size();
  if (Status status = append_row(values); !status) {
    cells_.resize(cells_start);
    keys_.resize(key_start);
    return status;
  }
  rows_.push_back({tag, cells_start, cells_.size() - cells_start, key_start, keys_.size() - key_start});
  return {};
}

Status RowSet::append_row(std::span<const Value> values) {
  const std::vector<Column>& columns = statement_->columns();
  if (values.size() != columns.size())
    return Error{ErrorCode::kInvalid, "statement " + statement_->full_name() + ": a row of " +
                                          std::to_string(values.size()) + " values for " +
                                          std::to_string(columns.size()) + " columns"};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Value& value = values[i];
    const auto problem = [&](ErrorCode code, std::string_view text) {
      return Error{code,
                   "statement " + statement_->full_name() + ", column " + columns[i].name + ": " + std::string(text)};
    };
    if (value.type != ColumnType::kNull && value.type != columns[i].type)
      return problem(ErrorCode::kInvalid, "the value's type is not the column's");
    if (value.type == ColumnType::kBool && value.integer != 0 && value.integer != 1)
      return problem(ErrorCode::kInvalid, "a boolean is 0 or 1");
    if (is_null(value)) {
      append_big_endian(cells_, kNullLength);
    } else if (const std::string_view wrong = append_value(cells_, value); !wrong.empty()) {
      return problem(ErrorCode::kData, wrong);
    }
    if (i < statement_->key_count()) append_key(keys_, value);
  }
  return {};
}

void RowSet::clear() {
  cells_.clear();
  keys_.clear();
  rows_.clear();
}

std::vector<std::uint32_t> RowSet::select(const KeepRow& keep) const {
  std::vector<std::uint32_t> chosen;
  chosen.reserve(rows_.size());
  for (std::uint32_t i = 0; i < rows_.size(); ++i)
    if (!keep || keep(rows_[i].tag)) chosen.push_back(i);
  if (statement_->key_count() != 0)
    std::stable_sort(chosen.begin(), chosen.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  return chosen;
}

std::vector<std::string> RowSet::arrays(std::span<const std::uint32_t> rows) const {
  const std::vector<Column>& columns = statement_->columns();
  const auto each_cell = [&](const auto& take) {
    for (const std::uint32_t row : rows) {
      const char* at = cells_.data() + rows_[row].cells_start;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::uint32_t length = read_length(at);
        const std::string_view cell(at, sizeof length + (length == kNullLength ? 0 : length));
        take(i, cell);
        at += cell.size();
      }
    }
  };
  std::vector<std::size_t> sizes(columns.size(), kArrayHeaderBytes);
  each_cell([&](std::size_t i, std::string_view cell) { sizes[i] += cell.size(); });
  std::vector<std::string> out(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    out[i].reserve(sizes[i]);
    append_big_endian(out[i], std::uint32_t{1});  // dimensions
    append_big_endian(out[i], std::uint32_t{1});  // there may be NULLs; the server looks for itself
    append_big_endian(out[i], type_oid(columns[i].type));
    append_big_endian(out[i], static_cast<std::uint32_t>(rows.size()));
    append_big_endian(out[i], std::uint32_t{1});  // first index
  }
  each_cell([&](std::size_t i, std::string_view cell) { out[i].append(cell); });
  return out;
}

bool RowSet::has_equal_keys(std::span<const std::uint32_t> rows) const {
  if (statement_->key_count() == 0) return false;
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (key(rows[i - 1]) == key(rows[i])) return true;
  return false;
}

}  // namespace dlrgw::host
