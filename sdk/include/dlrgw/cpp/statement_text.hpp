// SPDX-License-Identifier: Apache-2.0
// A statement that reads FROM dlrgw_rows: what makes one, and what PostgreSQL is given of it. The gateway and the
// database of dlrgw/testing/database.hpp read it the same way. Pure; any thread.
#pragma once
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/abi/sql.h>

namespace dlrgw {

struct StatementText {
  struct Column {
    std::string_view name;
    std::uint32_t type = DLRGW_SQL_NULL;
  };
  std::string_view owner;  // plugin id
  std::string_view name;
  std::string_view text;
  std::uint32_t key_count = 0;
  bool one_each = false;
  std::vector<Column> columns;
};

namespace detail::statement {

inline constexpr std::size_t kMaxNameLength = 64;
inline constexpr std::size_t kMaxIdentifierLength = 63;  // PostgreSQL: NAMEDATALEN - 1
inline constexpr std::size_t kMaxColumns = 64;
inline constexpr std::string_view kRows = "dlrgw_rows";

inline bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Owner and statement names stand in an SQL comment, in errors and in metric labels.
inline bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameLength &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

inline bool is_column_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdentifierLength &&
         std::isdigit(static_cast<unsigned char>(text[0])) == 0 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// Empty for what is no type of a column.
inline std::string_view sql_type(std::uint32_t type) {
  switch (type) {
    case DLRGW_SQL_BOOL:
      return "boolean";
    case DLRGW_SQL_INT:
      return "bigint";
    case DLRGW_SQL_FLOAT:
      return "float8";
    case DLRGW_SQL_TEXT:
      return "text";
    case DLRGW_SQL_BYTES:
      return "bytea";
    case DLRGW_SQL_TIME:
      return "timestamptz";
    case DLRGW_SQL_UUID:
      return "uuid";
    case DLRGW_SQL_JSON:
      return "json";
    default:
      return {};
  }
}

inline bool mentions_rows(std::string_view text) {
  for (auto at = text.find(kRows); at != std::string_view::npos; at = text.find(kRows, at + 1)) {
    const std::size_t end = at + kRows.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

// $1 … belong to the host: how rows travel is its affair.
inline bool mentions_parameter(std::string_view text) {
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const bool digit = at + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0;
    if (digit && (at == 0 || !is_word(text[at - 1]))) return true;
  }
  return false;
}

// Behind leading white space and comments. Block comments nest in PostgreSQL.
inline std::size_t skip_blank(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
      ++at;
    } else if (text.substr(at).starts_with("--")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at).starts_with("/*")) {
      int depth = 0;
      do {
        const std::string_view rest = text.substr(at);
        const int step = rest.starts_with("/*") ? 1 : rest.starts_with("*/") ? -1 : 0;
        depth += step;
        at += step == 0 ? 1 : 2;
      } while (depth > 0 && at < text.size());
    } else {
      break;
    }
  }
  return std::min(at, text.size());
}

inline bool keyword_at(std::string_view text, std::size_t at, std::string_view upper) {
  if (text.size() - at < upper.size()) return false;
  for (std::size_t i = 0; i < upper.size(); ++i)
    if (std::toupper(static_cast<unsigned char>(text[at + i])) != upper[i]) return false;
  const std::size_t end = at + upper.size();
  return end == text.size() || !is_word(text[end]);
}

inline std::string_view without_semicolon(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) return {};
  text = text.substr(0, text[last] == ';' ? last : last + 1);
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos ? std::string_view{} : text;
}

// dlrgw_rows AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS r("a", "b"))
// Without an order: the rows are sorted by the key before, and unnest keeps the order of its arrays.
inline std::string rows_expression(const std::vector<StatementText::Column>& columns) {
  std::string names, arrays;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names.append(i == 0 ? "\"" : ", \"").append(columns[i].name).append("\"");
    arrays.append(i == 0 ? "$" : ", $").append(std::to_string(i + 1)).append("::");
    arrays.append(sql_type(columns[i].type)).append("[]");
  }
  return std::string(kRows)
      .append(" AS (SELECT * FROM unnest(")
      .append(arrays)
      .append(") AS r(")
      .append(names)
      .append("))");
}

inline std::string problem_of_columns(const StatementText& def) {
  for (std::size_t i = 0; i < def.columns.size(); ++i) {
    const StatementText::Column& column = def.columns[i];
    const std::string name = "column " + std::string(column.name);
    if (!is_column_name(column.name)) return "column " + std::to_string(i) + ": the name must match [a-z_][a-z0-9_]*";
    if (sql_type(column.type).empty()) return name + ": unknown type";
    if (i < def.key_count && column.type == DLRGW_SQL_JSON) return name + ": json has no order and cannot be a key";
    for (std::size_t j = 0; j < i; ++j)
      if (def.columns[j].name == column.name) return name + " is declared twice";
  }
  return {};
}

inline std::string problem_of(const StatementText& def) {
  if (!is_name(def.owner) || !is_name(def.name)) return "owner and name must be 1 to 64 of [A-Za-z0-9._-]";
  if (without_semicolon(def.text).empty()) return "the text is empty";
  if (def.text.find('\0') != std::string::npos) return "the text holds a NUL";
  if (def.columns.size() > kMaxColumns) return "more than 64 columns";
  if (def.key_count > def.columns.size()) return "key_count is larger than the number of columns";
  if (def.one_each && def.columns.empty()) return "ONE_EACH needs columns";
  if (std::string problem = problem_of_columns(def); !problem.empty()) return problem;
  if (mentions_parameter(def.text)) return "the text uses a parameter like $1; read FROM dlrgw_rows instead";
  const bool reads_rows = mentions_rows(def.text);
  if (reads_rows && def.columns.empty()) return "the text reads dlrgw_rows but declares no columns";
  if (!reads_rows && !def.columns.empty()) return "it declares columns but the text does not read dlrgw_rows";
  return {};
}

}  // namespace detail::statement

// Empty: a gateway takes it. Otherwise a sentence that names the statement and what is wrong with it.
inline std::string problem_of_statement(const StatementText& def) {
  using namespace detail::statement;
  const std::string problem = problem_of(def);
  if (problem.empty()) return {};
  const bool printable = is_name(def.owner) && is_name(def.name);
  const std::string who = printable ? std::string(def.owner).append(".").append(def.name) : "(unnamed)";
  return "statement " + who + ": " + problem;
}

// What PostgreSQL prepares of one that has no problem: $1 … are arrays, one for each column.
inline std::string prepared_text(const StatementText& def) {
  using namespace detail::statement;
  const std::string_view body = without_semicolon(def.text);
  // pg_stat_statements and the server's log then name it.
  std::string sql = std::string("/* ").append(def.owner).append(".").append(def.name).append(" */ ");
  if (def.columns.empty()) return sql.append(body);
  std::size_t at = skip_blank(body, 0);
  std::string_view with = "WITH ";
  bool splice = false;
  if (keyword_at(body, at, "WITH")) {
    splice = true;
    at = skip_blank(body, at + 4);
    if (keyword_at(body, at, "RECURSIVE")) {
      with = "WITH RECURSIVE ";
      at = skip_blank(body, at + 9);
    }
  }
  return sql.append(with).append(rows_expression(def.columns)).append(splice ? ", " : " ").append(body.substr(at));
}

}  // namespace dlrgw
