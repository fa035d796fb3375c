// SPDX-License-Identifier: Apache-2.0
// Rows that a query gave back, copied out of the client library. Owned by the unit of work, replaced by its next query;
// one thread at a time. Texts that get() hands out live as long as the table is not refilled.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/value.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

class ResultTable {
 public:
  // Filling: reset, then every cell row by row in PostgreSQL's text format; nullopt is NULL. `rows` only saves growing.
  void reset(std::uint32_t columns, std::uint32_t rows = 0);
  void add(std::optional<std::string_view> cell);

  [[nodiscard]] std::uint32_t rows() const {
    return columns_ == 0 ? 0 : static_cast<std::uint32_t>(cells_.size() / columns_);
  }
  [[nodiscard]] std::uint32_t columns() const { return columns_; }

  // One cell as `type`; the value's type is kNull for NULL. kInvalid: no such cell, or its text is not of that type
  // (the query should cast it). Times need a session in UTC with DateStyle ISO.
  [[nodiscard]] Result<Value> get(std::uint32_t row, std::uint32_t column, ColumnType type) const;
  // The cell as the server sent it; nullopt for NULL or no such cell.
  [[nodiscard]] std::optional<std::string_view> raw(std::uint32_t row, std::uint32_t column) const;

 private:
  struct Cell {
    std::size_t start, length;
    bool null;
  };

  std::uint32_t columns_ = 0;
  std::string text_;
  std::vector<Cell> cells_;
  mutable std::map<std::size_t, std::string> decoded_;  // bytea cells that were asked for; a map's nodes do not move
};

}  // namespace dlrgw::host
