// SPDX-License-Identifier: Apache-2.0
// Set-based SQL in the unit of work. One Statement per text, defined in the plugin's constructor; rows are added per
// receipt; a query runs now, writes run once before commit.
#pragma once
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include <dlrgw/abi/sql.h>
#include <dlrgw/cpp/host.hpp>

namespace dlrgw {

enum class SqlType : std::uint32_t {
  kBool = DLRGW_SQL_BOOL,
  kInt = DLRGW_SQL_INT,
  kFloat = DLRGW_SQL_FLOAT,
  kText = DLRGW_SQL_TEXT,
  kBytes = DLRGW_SQL_BYTES,
  kTime = DLRGW_SQL_TIME,
  kUuid = DLRGW_SQL_UUID,
  kJson = DLRGW_SQL_JSON,
};

struct SqlColumn {
  std::string_view name;
  SqlType type;
};

struct SqlValue : dlrgw_sql_value {
  static SqlValue null() { return make(DLRGW_SQL_NULL); }
  static SqlValue boolean(bool value) { return with_integer(DLRGW_SQL_BOOL, value ? 1 : 0); }
  static SqlValue integer(std::int64_t value) { return with_integer(DLRGW_SQL_INT, value); }
  static SqlValue time(std::int64_t us) { return with_integer(DLRGW_SQL_TIME, us); }
  static SqlValue time(std::optional<std::int64_t> us) { return us ? time(*us) : null(); }
  static SqlValue text(std::string_view value) { return with_text(DLRGW_SQL_TEXT, value); }
  static SqlValue text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }
  static SqlValue bytes(std::string_view value) { return with_text(DLRGW_SQL_BYTES, value); }
  static SqlValue uuid(std::string_view value) { return with_text(DLRGW_SQL_UUID, value); }
  static SqlValue json(std::string_view value) { return with_text(DLRGW_SQL_JSON, value); }
  static SqlValue number_of(double value) {
    SqlValue v = make(DLRGW_SQL_FLOAT);
    v.dlrgw_sql_value::number = value;
    return v;
  }

 private:
  static SqlValue make(std::uint32_t type) {
    SqlValue v{};
    v.struct_size = sizeof(dlrgw_sql_value);
    v.type = type;
    return v;
  }
  static SqlValue with_integer(std::uint32_t type, std::int64_t value) {
    SqlValue v = make(type);
    v.dlrgw_sql_value::integer = value;
    return v;
  }
  static SqlValue with_text(std::uint32_t type, std::string_view value) {
    SqlValue v = make(type);
    v.dlrgw_sql_value::text = str(value);
    return v;
  }
};
static_assert(sizeof(SqlValue) == sizeof(dlrgw_sql_value));

struct SqlStatement {
  std::uint32_t id = 0;
};

// The last result of a unit of work; gone at its next query.
class SqlResult {
 public:
  SqlResult(const dlrgw_sql* sql, dlrgw_uow* uow, std::uint32_t rows) : sql_(sql), uow_(uow), rows_(rows) {}
  [[nodiscard]] std::uint32_t rows() const { return rows_; }
  [[nodiscard]] bool is_null(std::uint32_t row, std::uint32_t column) const {
    return get(row, column, SqlType::kText).type == DLRGW_SQL_NULL;
  }
  // Empty / 0 / false / nullopt for NULL.
  [[nodiscard]] std::string_view text(std::uint32_t row, std::uint32_t column) const {
    return view(get(row, column, SqlType::kText).text);
  }
  [[nodiscard]] std::string_view bytes(std::uint32_t row, std::uint32_t column) const {
    return view(get(row, column, SqlType::kBytes).text);
  }
  [[nodiscard]] std::int64_t integer(std::uint32_t row, std::uint32_t column) const {
    return get(row, column, SqlType::kInt).integer;
  }
  [[nodiscard]] bool boolean(std::uint32_t row, std::uint32_t column) const {
    return get(row, column, SqlType::kBool).integer != 0;
  }
  [[nodiscard]] std::optional<std::int64_t> time_us(std::uint32_t row, std::uint32_t column) const {
    const dlrgw_sql_value value = get(row, column, SqlType::kTime);
    if (value.type == DLRGW_SQL_NULL) return std::nullopt;
    return value.integer;
  }

 private:
  [[nodiscard]] dlrgw_sql_value get(std::uint32_t row, std::uint32_t column, SqlType type) const {
    dlrgw_sql_value value{};
    value.struct_size = sizeof value;
    check(sql_->get(sql_->self, uow_, row, column, static_cast<std::uint32_t>(type), &value), "read of a result value");
    return value;
  }
  const dlrgw_sql* sql_;
  dlrgw_uow* uow_;
  std::uint32_t rows_;
};

class Sql;

// The verbs on one unit of work. Borrowed from a batch, or owned through Sql::open().
class UnitOfWork {
 public:
  UnitOfWork(const dlrgw_sql* sql, dlrgw_uow* uow) : sql_(sql), uow_(uow) {}
  void add(SqlStatement statement, std::uint64_t receipt, std::initializer_list<SqlValue> values) const {
    add(statement, receipt, std::span<const SqlValue>(values.begin(), values.size()));
  }
  void add(SqlStatement statement, std::uint64_t receipt, std::span<const SqlValue> values) const {
    dlrgw_error error = make_error();
    check(sql_->add_row(sql_->self, uow_, statement.id, receipt, values.data(),
                        static_cast<std::uint32_t>(values.size()), sizeof(dlrgw_sql_value), &error),
          error);
  }
  [[nodiscard]] SqlResult query(SqlStatement statement) const {
    dlrgw_error error = make_error();
    std::uint32_t rows = 0;
    check(sql_->query(sql_->self, uow_, statement.id, &rows, &error), error);
    return {sql_, uow_, rows};
  }
  [[nodiscard]] dlrgw_uow* raw() const { return uow_; }

 protected:
  const dlrgw_sql* sql_;
  dlrgw_uow* uow_;
};

// A job's or route's own unit of work; rolled back unless committed.
class OwnUnitOfWork : public UnitOfWork {
 public:
  OwnUnitOfWork(const dlrgw_sql* sql, dlrgw_uow* uow) : UnitOfWork(sql, uow) {}
  ~OwnUnitOfWork() { sql_->close(sql_->self, uow_); }
  OwnUnitOfWork(const OwnUnitOfWork&) = delete;
  OwnUnitOfWork& operator=(const OwnUnitOfWork&) = delete;
  // Answers how many table rows the writes touched.
  std::uint64_t commit() {
    dlrgw_error error = make_error();
    std::uint64_t affected = 0;
    check(sql_->commit(sql_->self, uow_, &affected, &error), error);
    return affected;
  }
};

class Sql {
 public:
  explicit Sql(Host host) : sql_(host.require<dlrgw_sql>(DLRGW_SERVICE_SQL)) {}

  [[nodiscard]] SqlStatement query(std::string_view name, std::string_view text,
                                   std::initializer_list<SqlColumn> columns) const {
    return define(DLRGW_SQL_QUERY, 0, 0, name, text, columns);
  }
  // The first key_count columns sort the rows and are unique within one flush.
  [[nodiscard]] SqlStatement write(std::string_view name, std::string_view text,
                                   std::initializer_list<SqlColumn> columns, std::uint32_t key_count,
                                   std::uint32_t flags = 0) const {
    return define(DLRGW_SQL_WRITE, flags, key_count, name, text, columns);
  }
  [[nodiscard]] UnitOfWork in(dlrgw_uow* uow) const { return {sql_, uow}; }
  [[nodiscard]] OwnUnitOfWork open(std::string_view pool) const {
    dlrgw_error error = make_error();
    dlrgw_uow* uow = nullptr;
    check(sql_->open(sql_->self, str(pool), &uow, &error), error);
    return {sql_, uow};
  }

 private:
  [[nodiscard]] SqlStatement define(std::uint32_t verb, std::uint32_t flags, std::uint32_t key_count,
                                    std::string_view name, std::string_view text,
                                    std::initializer_list<SqlColumn> columns) const {
    std::vector<dlrgw_sql_column> raw;
    for (const SqlColumn& column : columns) {
      raw.push_back({sizeof(dlrgw_sql_column), static_cast<std::uint32_t>(column.type), str(column.name)});
    }
    dlrgw_sql_def def{};
    def.struct_size = sizeof def;
    def.verb = verb;
    def.flags = flags;
    def.key_count = key_count;
    def.name = str(name);
    def.text = str(text);
    def.columns = raw.data();
    def.column_count = static_cast<std::uint32_t>(raw.size());
    def.column_stride = sizeof(dlrgw_sql_column);
    SqlStatement statement;
    dlrgw_error error = make_error();
    check(sql_->define(sql_->self, &def, &statement.id, &error), error);
    return statement;
  }
  const dlrgw_sql* sql_;
};

}  // namespace dlrgw
