// SPDX-License-Identifier: Apache-2.0
// dlrgw.sql/1 of the fake host (grant "sql"). No statement is run here: a test says what a query answers, and reads the
// rows that the plugin added. In <dlrgw/testing/database.hpp> they run in a PostgreSQL. One thread.
#pragma once
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <dlrgw/abi/plugin.h>
#include <dlrgw/abi/sql.h>
#include <dlrgw/cpp/base.hpp>

namespace dlrgw::testing {

// As text: numbers in decimal, times in µs, true and false; nothing is NULL.
using SqlCell = std::optional<std::string>;
using SqlRows = std::vector<std::vector<SqlCell>>;

// What runs SQL in the place of ScriptedSql.
class SqlBackend {
 public:
  virtual ~SqlBackend() = default;
  // Before create(). Throws dlrgw::Error with the script's name.
  virtual void apply_scripts(const dlrgw_plugin& plugin) = 0;
  virtual const dlrgw_sql* service() = 0;
  // Around process(): one unit of work. kept: the receipts whose rows are written. Throws dlrgw::Error when a write
  // fails.
  virtual void begin_batch() = 0;
  virtual void end_batch(const std::set<std::uint64_t>& kept, bool commit) = 0;
};

class ScriptedSql {
 public:
  // What each run of that query answers; without it a query has no rows.
  void answer(std::string_view statement, SqlRows rows) { answers_[std::string(statement)] = std::move(rows); }
  // What was added to that statement so far, in order.
  [[nodiscard]] SqlRows rows(std::string_view statement) const {
    for (const Statement& known : statements_)
      if (known.name == statement) return known.rows;
    return {};
  }

  [[nodiscard]] dlrgw_sql service() {
    return {sizeof(dlrgw_sql), 1, this, define, add_row, query, get, open, commit, [](void*, dlrgw_uow*) {}};
  }

 private:
  struct Statement {
    std::string name;
    std::uint32_t verb;
    std::vector<std::uint32_t> types;  // of its columns
    SqlRows rows;
  };

  static ScriptedSql& of(void* self) { return *static_cast<ScriptedSql*>(self); }
  static std::int32_t refuse(dlrgw_error* error, const std::string& text) {
    fill(error, DLRGW_E_INVALID, text);
    return DLRGW_E_INVALID;
  }

  static std::int32_t define(void* self, const dlrgw_sql_def* def, std::uint32_t* statement, dlrgw_error* error) {
    auto& all = of(self).statements_;
    std::string name(view(def->name));
    for (const Statement& known : all)
      if (known.name == name) return refuse(error, "statement " + name + " is defined already");
    *statement = static_cast<std::uint32_t>(all.size());
    std::vector<std::uint32_t> types;
    for (std::uint32_t i = 0; i < def->column_count; ++i) {
      const auto* bytes = reinterpret_cast<const char*>(def->columns) + std::size_t{i} * def->column_stride;
      types.push_back(reinterpret_cast<const dlrgw_sql_column*>(bytes)->type);
    }
    all.push_back({std::move(name), def->verb, std::move(types), {}});
    return DLRGW_OK;
  }
  // A unit of work of a batch is NULL here, one of a job is not.
  static std::int32_t add_row(void* self, dlrgw_uow* uow, std::uint32_t id, std::uint64_t receipt,
                              const dlrgw_sql_value* values, std::uint32_t count, std::uint32_t stride,
                              dlrgw_error* error) {
    if (id >= of(self).statements_.size()) return refuse(error, "there is no such statement");
    Statement& statement = of(self).statements_[id];
    if (count != statement.types.size())
      return refuse(error,
                    "statement " + statement.name + " has " + std::to_string(statement.types.size()) + " columns");
    if (uow == nullptr && receipt == 0 && statement.verb == DLRGW_SQL_WRITE)
      return refuse(error, "statement " + statement.name + ": a row that a batch writes belongs to a receipt");
    std::vector<SqlCell> row;
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto* bytes = reinterpret_cast<const char*>(values) + std::size_t{i} * stride;
      const auto& value = *reinterpret_cast<const dlrgw_sql_value*>(bytes);
      if (value.type != DLRGW_SQL_NULL && value.type != statement.types[i])
        return refuse(error, "statement " + statement.name + ": a value is not of its column's type");
      row.push_back(cell_of(value));
    }
    statement.rows.push_back(std::move(row));
    return DLRGW_OK;
  }
  static std::int32_t query(void* self, dlrgw_uow*, std::uint32_t id, std::uint32_t* rows, dlrgw_error* error) {
    if (id >= of(self).statements_.size() || of(self).statements_[id].verb != DLRGW_SQL_QUERY)
      return refuse(error, "there is no such query");
    of(self).result_ = &of(self).answers_[of(self).statements_[id].name];
    *rows = static_cast<std::uint32_t>(of(self).result_->size());
    return DLRGW_OK;
  }
  static std::int32_t get(void* self, dlrgw_uow*, std::uint32_t row, std::uint32_t column, std::uint32_t type,
                          dlrgw_sql_value* out) {
    const SqlRows* result = of(self).result_;
    if (result == nullptr || row >= result->size() || column >= (*result)[row].size()) return DLRGW_E_INVALID;
    const SqlCell& cell = (*result)[row][column];
    out->type = cell ? type : DLRGW_SQL_NULL;
    if (!cell) return DLRGW_OK;
    out->text = str(*cell);
    char* end = nullptr;
    if (type == DLRGW_SQL_INT || type == DLRGW_SQL_TIME) {
      out->integer = std::strtoll(cell->c_str(), &end, 10);
    } else if (type == DLRGW_SQL_FLOAT) {
      out->number = std::strtod(cell->c_str(), &end);
    } else if (type == DLRGW_SQL_BOOL) {
      out->integer = *cell == "true" ? 1 : 0;
      return *cell == "true" || *cell == "false" ? DLRGW_OK : DLRGW_E_INVALID;
    }
    return end == nullptr || (*end == '\0' && !cell->empty()) ? DLRGW_OK : DLRGW_E_INVALID;
  }
  static std::int32_t open(void* self, dlrgw_str, dlrgw_uow** uow, dlrgw_error*) {
    of(self).written_ = of(self).writes();
    *uow = reinterpret_cast<dlrgw_uow*>(self);  // opaque: only told from NULL
    return DLRGW_OK;
  }
  static std::int32_t commit(void* self, dlrgw_uow*, std::uint64_t* affected, dlrgw_error*) {
    if (affected != nullptr) *affected = of(self).writes() - of(self).written_;
    return DLRGW_OK;
  }

  static SqlCell cell_of(const dlrgw_sql_value& value) {
    switch (value.type) {
      case DLRGW_SQL_NULL:
        return std::nullopt;
      case DLRGW_SQL_BOOL:
        return value.integer != 0 ? "true" : "false";
      case DLRGW_SQL_FLOAT:
        return std::to_string(value.number);
      case DLRGW_SQL_TIME:
        if (value.integer == DLRGW_NO_TIME) return std::nullopt;
        return std::to_string(value.integer);
      case DLRGW_SQL_INT:
        return std::to_string(value.integer);
      default:
        return std::string(view(value.text));
    }
  }
  [[nodiscard]] std::uint64_t writes() const {
    std::uint64_t count = 0;
    for (const Statement& statement : statements_)
      if (statement.verb == DLRGW_SQL_WRITE) count += statement.rows.size();
    return count;
  }

  std::vector<Statement> statements_;
  std::map<std::string, SqlRows> answers_;
  const SqlRows* result_ = nullptr;  // of the last query
  std::uint64_t written_ = 0;        // before the unit of work that is open
};

}  // namespace dlrgw::testing
