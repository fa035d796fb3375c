// SPDX-License-Identifier: Apache-2.0
// One SQL statement over a set of rows, compiled once and immutable: shared by all threads that run it.
// The rows travel as one array per column, so that a batch is one execution and its text never depends on the row
// count. Owned by whoever defined it; must outlive every unit of work that uses it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/value.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct Column {
  std::string name;  // [a-z_][a-z0-9_]*, at most 63
  ColumnType type = ColumnType::kText;
};

struct StatementDef {
  std::string owner;  // plugin id, or "host"
  std::string name;   // unique within the owner
  std::string text;   // reads FROM dlrgw_rows when it has columns
  bool is_query = false;
  bool one_each = false;        // every row must affect exactly one table row
  std::uint32_t key_count = 0;  // the first key_count columns are the sort key, unique within one flush
  std::vector<Column> columns;
};

class Statement {
 public:
  // order: writes are flushed in ascending order. kInvalid names the statement and what is wrong with it.
  static Result<Statement> compile(StatementDef def, std::uint64_t order);

  [[nodiscard]] const std::string& owner() const { return def_.owner; }
  [[nodiscard]] const std::string& name() const { return def_.name; }
  // "owner.name", for errors and metrics.
  [[nodiscard]] const std::string& full_name() const { return full_name_; }
  // As DbFailure::action names it.
  [[nodiscard]] std::string action() const { return "statement " + full_name_; }
  [[nodiscard]] const std::vector<Column>& columns() const { return def_.columns; }
  [[nodiscard]] bool takes_rows() const { return !def_.columns.empty(); }
  [[nodiscard]] bool is_query() const { return def_.is_query; }
  [[nodiscard]] bool one_each() const { return def_.one_each; }
  [[nodiscard]] std::uint32_t key_count() const { return def_.key_count; }
  [[nodiscard]] std::uint64_t order() const { return order_; }
  // Whether a failure of it may be laid on its rows, as storage/touched_tables.hpp says.
  [[nodiscard]] bool own_tables_only() const { return own_tables_only_; }

  // What PostgreSQL prepares: $1 … are the columns' arrays, or there is no parameter.
  [[nodiscard]] const std::string& sql() const { return sql_; }
  // Unique per text, so that two generations of a plugin never meet under one name; fits NAMEDATALEN.
  [[nodiscard]] const std::string& prepared_name() const { return prepared_name_; }

 private:
  Statement(StatementDef def, std::uint64_t order);

  StatementDef def_;
  std::uint64_t order_ = 0;
  bool own_tables_only_ = false;
  std::string full_name_;
  std::string sql_;
  std::string prepared_name_;
};

}  // namespace dlrgw::host
