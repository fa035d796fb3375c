#include "storage/row_set.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <numeric>

#include "storage/text_check.hpp"
#include "support/time_text.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t kLastTimeUs = 253'402'300'799'999'999;  // 9999-12-31 23:59:59.999999, what both texts can say
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
constexpr char kKeyPresent = 1;
constexpr char kKeyNull = 2;  // NULLS LAST, as PostgreSQL sorts by default

void append_big_endian(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xFFU);
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
        for (const std::uint8_t byte : *bytes) out += static_cast<char>(byte);
      return;
    case ColumnType::kJson:
    case ColumnType::kNull:
      return;  // refused as a key when the statement was compiled
  }
}

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

// Appends the JSON of one value that is not null. A returned text says what is wrong; empty = fine.
std::string_view append_value(std::string& out, const Value& value) {
  switch (value.type) {
    case ColumnType::kBool:
      out += value.integer != 0 ? "true" : "false";
      return {};
    case ColumnType::kInt:
      append_number(out, value.integer);
      return {};
    case ColumnType::kFloat:
      if (!std::isfinite(value.number)) return "not a finite number";
      append_number(out, value.number);
      return {};
    case ColumnType::kText:
      return append_strict_json_string(out, value.text) ? std::string_view{} : "not valid UTF-8, or holds a NUL";
    case ColumnType::kBytes:
      append_json_bytea(out, value.text);
      return {};
    case ColumnType::kTime:
      if (value.integer < 0 || value.integer > kLastTimeUs) return "a time outside of 1970 to 9999";
      out += '"';
      append_rfc3339_us(out, value.integer);
      out += '"';
      return {};
    case ColumnType::kUuid:
      if (!parse_uuid_bytes(value.text)) return "not a UUID";
      out.append("\"").append(value.text).append("\"");
      return {};
    case ColumnType::kJson:
      if (!is_json(value.text)) return "not one JSON value that PostgreSQL takes";
      out.append(value.text);
      return {};
    case ColumnType::kNull:
      break;
  }
  return "unknown type";
}

}  // namespace

Status RowSet::append(std::uint64_t tag, std::span<const Value> values) {
  const std::size_t text_start = text_.size();
  const std::size_t key_start = keys_.size();
  if (Status status = append_row(values); !status) {
    text_.resize(text_start);
    keys_.resize(key_start);
    return status;
  }
  rows_.push_back({tag, text_start, text_.size() - text_start, key_start, keys_.size() - key_start});
  return {};
}

Status RowSet::append_row(std::span<const Value> values) {
  const std::vector<Column>& columns = statement_->columns();
  if (values.size() != columns.size())
    return Error{ErrorCode::kInvalid, "statement " + statement_->full_name() + ": a row of " +
                                          std::to_string(values.size()) + " values for " +
                                          std::to_string(columns.size()) + " columns"};
  text_ += '{';
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Value& value = values[i];
    const auto problem = [&](ErrorCode code, std::string_view text) {
      return Error{code,
                   "statement " + statement_->full_name() + ", column " + columns[i].name + ": " + std::string(text)};
    };
    if (i != 0) text_ += ',';
    text_ += statement_->json_keys()[i];
    if (value.type != ColumnType::kNull && value.type != columns[i].type)
      return problem(ErrorCode::kInvalid, "the value's type is not the column's");
    if (value.type == ColumnType::kBool && value.integer != 0 && value.integer != 1)
      return problem(ErrorCode::kInvalid, "a boolean is 0 or 1");
    if (is_null(value)) {
      text_ += "null";
    } else if (const std::string_view wrong = append_value(text_, value); !wrong.empty()) {
      return problem(ErrorCode::kData, wrong);
    }
    if (i < statement_->key_count()) append_key(keys_, value);
  }
  text_ += '}';
  return {};
}

void RowSet::clear() {
  text_.clear();
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

std::string RowSet::json(std::span<const std::uint32_t> rows) const {
  std::string out;
  out.reserve(std::accumulate(rows.begin(), rows.end(), std::size_t{2},
                              [this](std::size_t sum, std::uint32_t row) { return sum + json_size(row); }));
  out += '[';
  for (const std::uint32_t row : rows) {
    if (out.size() > 1) out += ',';
    out.append(text_, rows_[row].text_start, rows_[row].text_length);
  }
  out += ']';
  return out;
}

bool RowSet::has_equal_keys(std::span<const std::uint32_t> rows) const {
  if (statement_->key_count() == 0) return false;
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (key(rows[i - 1]) == key(rows[i])) return true;
  return false;
}

}  // namespace dlrgw::host
