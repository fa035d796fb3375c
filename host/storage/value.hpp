// SPDX-License-Identifier: Apache-2.0
// The typed values that cross between plugins and PostgreSQL: one row is a span of Value. Plain data, any thread.
#pragma once
#include <cstdint>
#include <limits>
#include <string_view>

namespace dlrgw::host {

// Mirrors DLRGW_SQL_ of dlrgw/abi/sql.h; the numbers cross the plugin boundary.
enum class ColumnType : std::uint32_t {
  kNull = 0,
  kBool = 1,   // boolean;     integer 0 or 1
  kInt = 2,    // bigint;      integer
  kFloat = 3,  // float8;      number, finite
  kText = 4,   // text;        text, valid UTF-8 without NUL
  kBytes = 5,  // bytea;       text, any bytes
  kTime = 6,   // timestamptz; integer, µs since the Unix epoch; kNoTime is NULL
  kUuid = 7,   // uuid;        text, 8-4-4-4-12
  kJson = 8,   // json;        text, one JSON value; the JSON value null is NULL
};

inline constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

struct Value {
  ColumnType type = ColumnType::kNull;
  std::int64_t integer = 0;
  double number = 0;
  std::string_view text;

  static Value null() { return {}; }
  static Value boolean(bool v) { return {ColumnType::kBool, v ? 1 : 0, 0, {}}; }
  static Value int64(std::int64_t v) { return {ColumnType::kInt, v, 0, {}}; }
  static Value float64(double v) { return {ColumnType::kFloat, 0, v, {}}; }
  static Value string(std::string_view v) { return {ColumnType::kText, 0, 0, v}; }
  static Value bytes(std::string_view v) { return {ColumnType::kBytes, 0, 0, v}; }
  static Value time_us(std::int64_t v) { return {ColumnType::kTime, v, 0, {}}; }
  static Value uuid(std::string_view v) { return {ColumnType::kUuid, 0, 0, v}; }
  static Value json(std::string_view v) { return {ColumnType::kJson, 0, 0, v}; }
};

}  // namespace dlrgw::host
