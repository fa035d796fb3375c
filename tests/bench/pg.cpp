// SPDX-License-Identifier: Apache-2.0
#include "bench/pg.hpp"

#include <stdexcept>

#include <libpq-fe.h>

namespace dlrgw::bench {

void PgClose::operator()(pg_conn* connection) const { PQfinish(connection); }
void PgClose::operator()(pg_result* result) const { PQclear(result); }

int PgResult::rows() const { return PQntuples(result_.get()); }

std::string PgResult::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

Pg::Pg(const std::string& conninfo) : connection_(PQconnectdb(conninfo.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK)
    throw std::runtime_error(std::string("PostgreSQL: ") + PQerrorMessage(connection_.get()));
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
}

PgResult Pg::checked(pg_result* result, const std::string& what) {
  PgResult owned(result);
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error("PostgreSQL: " + what.substr(0, 200) + ": " + PQerrorMessage(connection_.get()));
  return owned;
}

PgResult Pg::exec(const std::string& sql) { return checked(PQexec(connection_.get(), sql.c_str()), sql); }

std::string Pg::value(const std::string& sql) {
  const PgResult result = exec(sql);
  if (result.rows() == 0) throw std::runtime_error("PostgreSQL: no row from: " + sql);
  return result.text(0, 0);
}

void Pg::prepare(const std::string& name, const std::string& sql) {
  checked(PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr), "prepare " + name);
}

PgResult Pg::execute(const std::string& name, const std::vector<std::optional<std::string>>& parameters) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const auto& parameter : parameters) {
    values.push_back(parameter ? parameter->data() : nullptr);
    lengths.push_back(parameter ? static_cast<int>(parameter->size()) : 0);
  }
  const std::vector<int> binary(parameters.size(), 1);
  return checked(PQexecPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()), values.data(),
                                lengths.data(), binary.data(), 0),
                 "execute " + name);
}

}  // namespace dlrgw::bench
