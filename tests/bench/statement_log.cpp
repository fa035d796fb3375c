// SPDX-License-Identifier: Apache-2.0
#include "bench/statement_log.hpp"

#include <stdexcept>

#include <boost/json.hpp>

namespace dlrgw::bench {
namespace {

constexpr std::string_view kSimple = "statement: ";
constexpr std::string_view kExecute = "execute ";
constexpr std::string_view kParameters = "parameters: ";

std::string_view member(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

bool is_setting(std::string_view sql) {
  return sql.starts_with("SET ") || sql.find("set_config(") != std::string_view::npos;
}

}  // namespace

std::vector<std::optional<std::string>> parse_parameters(std::string_view detail) {
  const auto fail = [] { return std::runtime_error("cannot read the parameters in PostgreSQL's log"); };
  std::vector<std::optional<std::string>> values;
  while (!detail.empty()) {
    const auto equals = detail.find(" = ");
    if (!detail.starts_with("$") || equals == std::string_view::npos) throw fail();
    detail.remove_prefix(equals + 3);
    if (detail.starts_with("NULL")) {
      values.emplace_back(std::nullopt);
      detail.remove_prefix(4);
    } else {
      if (!detail.starts_with("'")) throw fail();
      std::string value;
      std::size_t at = 1;
      for (;; at += 2) {  // behind a doubled quote
        const auto quote = detail.find('\'', at);
        if (quote == std::string_view::npos) throw fail();
        value.append(detail.substr(at, quote - at));
        at = quote;
        if (detail.substr(quote + 1, 1) != "'") break;
        value += '\'';
      }
      values.emplace_back(std::move(value));
      detail.remove_prefix(at + 1);
    }
    if (detail.empty()) break;
    if (!detail.starts_with(", ")) throw fail();
    detail.remove_prefix(2);
  }
  return values;
}

void ScriptReader::simple(Session& session, RoleScript& role, std::string_view sql) {
  if (sql.starts_with("BEGIN")) {
    session.in_transaction = true;
    session.open.clear();
  } else if (sql.starts_with("COMMIT")) {
    if (!session.open.empty()) role.committed.push_back(std::move(session.open));
    session.open.clear();
    session.in_transaction = false;
  } else if (sql.starts_with("ROLLBACK")) {
    session.open.clear();
    session.in_transaction = false;
  } else if (!session.in_transaction && !session.worked && is_setting(sql)) {
    session.settings.append(sql).append(";");
  }
}

void ScriptReader::add_line(std::string_view json) {
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse({json.data(), json.size()}, error);
  if (error || !parsed.is_object()) throw std::runtime_error("PostgreSQL's log is not JSON");
  const auto& entry = parsed.get_object();
  if (member(entry, "dbname") != database_) return;
  const std::string_view message = member(entry, "message");
  RoleScript& role = script_[std::string(member(entry, "user"))];
  Session& session = sessions_[std::string(member(entry, "session_id"))];
  if (message.starts_with(kSimple)) return simple(session, role, message.substr(kSimple.size()));
  if (!message.starts_with(kExecute)) return;

  const auto colon = message.find(": ");
  const std::string_view name = message.substr(kExecute.size(), colon - kExecute.size());
  if (name == "<unnamed>") return;  // parameters of one-off questions, such as locks, outside the lanes' work
  session.worked = true;
  if (role.settings.empty()) role.settings = session.settings;
  auto& prepared = prepared_[std::string(name)];
  if (prepared == nullptr)
    prepared = std::make_shared<Prepared>(Prepared{std::string(name), std::string(message.substr(colon + 2))});
  const std::string_view detail = member(entry, "detail");
  Execution execution{prepared, detail.starts_with(kParameters) ? parse_parameters(detail.substr(kParameters.size()))
                                                                : std::vector<std::optional<std::string>>{}};
  role.first.emplace(prepared->name, execution);
  if (session.in_transaction) session.open.push_back(std::move(execution));
}

void ScriptReader::add_log(std::istream& lines) {
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) add_line(line);
}

}  // namespace dlrgw::bench
