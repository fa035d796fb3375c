// SPDX-License-Identifier: Apache-2.0
#include "storage/statement.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include <dlrgw/cpp/hex.hpp>

#include "storage/hash64.hpp"
#include "storage/text_check.hpp"
#include "storage/touched_tables.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxNameLength = 64;
constexpr std::size_t kMaxIdentifierLength = 63;  // PostgreSQL: NAMEDATALEN - 1
constexpr std::size_t kMaxColumns = 64;
constexpr std::size_t kHashLength = 16;
constexpr std::string_view kRows = "dlrgw_rows";

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Owner and statement names stand in an SQL comment, in errors and in metric labels.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameLength &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool is_column_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdentifierLength &&
         std::isdigit(static_cast<unsigned char>(text[0])) == 0 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

std::optional<std::string_view> sql_type(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return "boolean";
    case ColumnType::kInt:
      return "bigint";
    case ColumnType::kFloat:
      return "float8";
    case ColumnType::kText:
      return "text";
    case ColumnType::kBytes:
      return "bytea";
    case ColumnType::kTime:
      return "timestamptz";
    case ColumnType::kUuid:
      return "uuid";
    case ColumnType::kJson:
      return "json";
    case ColumnType::kNull:
      break;
  }
  return std::nullopt;
}

bool mentions_rows(std::string_view text) {
  for (auto at = text.find(kRows); at != std::string_view::npos; at = text.find(kRows, at + 1)) {
    const std::size_t end = at + kRows.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

// $1 … belong to the host: how rows travel is its affair.
bool mentions_parameter(std::string_view text) {
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const bool digit = at + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0;
    if (digit && (at == 0 || !is_word(text[at - 1]))) return true;
  }
  return false;
}

// Behind leading white space and comments. Block comments nest in PostgreSQL.
std::size_t skip_blank(std::string_view text, std::size_t at) {
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

bool keyword_at(std::string_view text, std::size_t at, std::string_view upper) {
  if (text.size() - at < upper.size()) return false;
  for (std::size_t i = 0; i < upper.size(); ++i)
    if (std::toupper(static_cast<unsigned char>(text[at + i])) != upper[i]) return false;
  const std::size_t end = at + upper.size();
  return end == text.size() || !is_word(text[end]);
}

std::string_view without_semicolon(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) return {};
  text = text.substr(0, text[last] == ';' ? last : last + 1);
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos ? std::string_view{} : text;
}

std::string quoted(std::string_view column) { return std::string("\"").append(column).append("\""); }

// dlrgw_rows AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS r("a", "b"))
// Without an order: RowSet has sorted by the key, and unnest keeps the order of its arrays.
std::string rows_expression(const StatementDef& def) {
  std::string names;
  std::string arrays;
  for (std::size_t i = 0; i < def.columns.size(); ++i) {
    const Column& column = def.columns[i];
    names.append(i == 0 ? "" : ", ").append(quoted(column.name));
    arrays.append(i == 0 ? "$" : ", $").append(std::to_string(i + 1)).append("::");
    arrays.append(sql_type(column.type).value_or("text")).append("[]");
  }
  return std::string(kRows)
      .append(" AS (SELECT * FROM unnest(")
      .append(arrays)
      .append(") AS r(")
      .append(names)
      .append("))");
}

std::string build_sql(const StatementDef& def, const std::string& full_name) {
  const std::string_view body = without_semicolon(def.text);
  std::string sql = "/* " + full_name + " */ ";  // pg_stat_statements and the server's log then name it
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
  return sql.append(with).append(rows_expression(def)).append(splice ? ", " : " ").append(body.substr(at));
}

std::string problem_of(const StatementDef& def) {
  if (!is_name(def.owner) || !is_name(def.name)) return "owner and name must be 1 to 64 of [A-Za-z0-9._-]";
  if (without_semicolon(def.text).empty()) return "the text is empty";
  if (def.text.find('\0') != std::string::npos) return "the text holds a NUL";
  if (def.columns.size() > kMaxColumns) return "more than 64 columns";
  if (def.key_count > def.columns.size()) return "key_count is larger than the number of columns";
  if (def.one_each && def.columns.empty()) return "ONE_EACH needs columns";
  for (std::size_t i = 0; i < def.columns.size(); ++i) {
    const Column& column = def.columns[i];
    if (!is_column_name(column.name)) return "column " + std::to_string(i) + ": the name must match [a-z_][a-z0-9_]*";
    if (!sql_type(column.type)) return "column " + column.name + ": unknown type";
    if (i < def.key_count && column.type == ColumnType::kJson)
      return "column " + column.name + ": json has no order and cannot be a key";
    for (std::size_t j = 0; j < i; ++j)
      if (def.columns[j].name == column.name) return "column " + column.name + " is declared twice";
  }
  if (mentions_parameter(def.text)) return "the text uses a parameter like $1; read FROM dlrgw_rows instead";
  const bool reads_rows = mentions_rows(def.text);
  if (reads_rows && def.columns.empty()) return "the text reads dlrgw_rows but declares no columns";
  if (!reads_rows && !def.columns.empty()) return "it declares columns but the text does not read dlrgw_rows";
  return {};
}

std::string hex16(std::uint64_t value) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>((value >> shift) & 0xFFU);
  std::string out;
  append_hex(out, bytes);
  return out;
}

}  // namespace

Result<Statement> Statement::compile(StatementDef def, std::uint64_t order) {
  if (const std::string problem = problem_of(def); !problem.empty()) {
    const bool printable = is_name(def.owner) && is_name(def.name);
    const std::string who = printable ? def.owner + "." + def.name : "(unnamed)";
    return Error{ErrorCode::kInvalid, "statement " + who + ": " + problem};
  }
  return Statement(std::move(def), order);
}

Statement::Statement(StatementDef def, std::uint64_t order)
    : def_(std::move(def)),
      order_(order),
      own_tables_only_(touches_only_own_tables(def_.text)),
      full_name_(def_.owner + "." + def_.name),
      sql_(build_sql(def_, full_name_)) {
  prepared_name_ = full_name_.substr(0, kMaxIdentifierLength - kHashLength - 1) + "_" + hex16(hash64(sql_));
}

}  // namespace dlrgw::host
