// SPDX-License-Identifier: Apache-2.0
#include "storage/statement.hpp"

#include <dlrgw/cpp/hex.hpp>
#include <dlrgw/cpp/statement_text.hpp>

#include "storage/hash64.hpp"
#include "storage/touched_tables.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxIdentifierLength = 63;  // PostgreSQL: NAMEDATALEN - 1
constexpr std::size_t kHashLength = 16;

StatementText text_of(const StatementDef& def) {
  StatementText out{def.owner, def.name, def.text, def.key_count, def.one_each, {}};
  for (const Column& column : def.columns)
    out.columns.push_back({column.name, static_cast<std::uint32_t>(column.type)});
  return out;
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
  if (const std::string problem = problem_of_statement(text_of(def)); !problem.empty())
    return Error{ErrorCode::kInvalid, problem};
  return Statement(std::move(def), order);
}

Statement::Statement(StatementDef def, std::uint64_t order)
    : def_(std::move(def)),
      order_(order),
      own_tables_only_(touches_only_own_tables(def_.text)),
      full_name_(def_.owner + "." + def_.name),
      sql_(prepared_text(text_of(def_))) {
  prepared_name_ = full_name_.substr(0, kMaxIdentifierLength - kHashLength - 1) + "_" + hex16(hash64(sql_));
}

}  // namespace dlrgw::host
