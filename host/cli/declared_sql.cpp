// SPDX-License-Identifier: Apache-2.0
#include "cli/declared_sql.hpp"

#include <boost/json.hpp>

namespace dlrgw::host {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
  const json::string& text = object.at(key).as_string();
  return {text.data(), text.size()};
}

}  // namespace

std::string to_text(const DeclaredSql& declared) {
  json::array migrations, tables, statements;
  for (const Migration& m : declared.migrations)
    migrations.push_back(json::object{{"name", m.name}, {"view", m.is_view}, {"sql", m.sql}, {"version", m.version}});
  for (const TableRights& t : declared.tables)
    tables.push_back(json::object{{"table", t.table}, {"svc", t.svc}, {"maint", t.maint}});
  for (const TriedStatement& s : declared.statements)
    statements.push_back(json::object{{"name", s.name}, {"sql", s.sql}, {"parameters", s.parameters}});
  return json::serialize(json::object{{"plugin", declared.plugin},
                                      {"migrations", std::move(migrations)},
                                      {"tables", std::move(tables)},
                                      {"created", declared.created},
                                      {"statements", std::move(statements)}});
}

DeclaredSql declared_sql(std::string_view text) {
  json::parse_options as_it_is;  // PostgreSQL judges the text, not we
  as_it_is.allow_invalid_utf8 = true;
  const json::value parsed = json::parse(text, {}, as_it_is);
  const json::object& object = parsed.as_object();
  DeclaredSql out;
  out.plugin = text_at(object, "plugin");
  out.created = object.at("created").as_bool();
  for (const json::value& one : object.at("migrations").as_array()) {
    const json::object& m = one.as_object();
    out.migrations.push_back(
        {out.plugin, text_at(m, "name"), m.at("view").as_bool(), text_at(m, "sql"), text_at(m, "version")});
  }
  for (const json::value& one : object.at("tables").as_array()) {
    const json::object& t = one.as_object();
    out.tables.push_back(
        {text_at(t, "table"), t.at("svc").to_number<std::uint32_t>(), t.at("maint").to_number<std::uint32_t>()});
  }
  for (const json::value& one : object.at("statements").as_array()) {
    const json::object& s = one.as_object();
    out.statements.push_back({text_at(s, "name"), text_at(s, "sql"), s.at("parameters").to_number<std::size_t>()});
  }
  return out;
}

}  // namespace dlrgw::host
