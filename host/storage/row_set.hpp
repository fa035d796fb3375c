// SPDX-License-Identifier: Apache-2.0
// The rows of one statement on their way to PostgreSQL: already in its binary format, tagged with their receipt,
// sortable by key. One growing buffer. Belongs to one unit of work; one thread at a time.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/statement.hpp"
#include "storage/value.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

// Decides by tag whether a row is sent; an empty function keeps all.
using KeepRow = std::function<bool(std::uint64_t tag)>;

class RowSet {
 public:
  explicit RowSet(const Statement& statement) : statement_(&statement) {}

  [[nodiscard]] const Statement& statement() const { return *statement_; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  // Copies one row. kInvalid: a value's type is not its column's. kData: a value that PostgreSQL would refuse; the
  // text names statement and column, never the value. On an error the set is as before.
  Status append(std::uint64_t tag, std::span<const Value> values);
  void clear();

  // Row numbers that `keep` lets through, in the order of the key; equal keys in the order of append.
  [[nodiscard]] std::vector<std::uint32_t> select(const KeepRow& keep) const;
  // These rows as parameters: one array per column in the binary format of PostgreSQL (array_recv). Not for no rows.
  [[nodiscard]] std::vector<std::string> arrays(std::span<const std::uint32_t> rows) const;
  [[nodiscard]] std::size_t row_bytes(std::uint32_t row) const { return rows_[row].cells_length; }
  // True when two neighbours of a select() have the same key: `UPDATE … FROM` would silently apply only one of them.
  [[nodiscard]] bool has_equal_keys(std::span<const std::uint32_t> rows) const;

 private:
  struct Row {
    std::uint64_t tag;
    std::size_t cells_start, cells_length;
    std::size_t key_start, key_length;
  };

  [[nodiscard]] std::string_view key(std::uint32_t row) const {
    return std::string_view(keys_).substr(rows_[row].key_start, rows_[row].key_length);
  }
  Status append_row(std::span<const Value> values);

  const Statement* statement_;
  std::string cells_;  // row after row, each value as an array's element: length (-1: NULL), then its bytes
  std::string keys_;   // bytes whose memcmp order is PostgreSQL's order of the key columns (text in collation "C")
  std::vector<Row> rows_;
};

}  // namespace dlrgw::host
