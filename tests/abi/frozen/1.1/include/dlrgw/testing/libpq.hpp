// SPDX-License-Identifier: Apache-2.0
// A session of PostgreSQL through libpq, which is loaded when the first one is opened: neither these headers nor a
// plugin's build knows libpq, and where it is missing the tests of a database say so. psql would have been the other
// way; it has no parameters, and its errors no fields. One thread.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <dlfcn.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/cpp/base.hpp>
#include <dlrgw/testing/sql.hpp>

namespace dlrgw::testing::detail {

// As libpq-fe.h declares them.
struct Libpq {
  using Connection = void;
  using Answer = void;
  Connection* (*connect)(const char* conninfo) = nullptr;
  int (*status)(const Connection*) = nullptr;
  char* (*connection_error)(const Connection*) = nullptr;
  void (*finish)(Connection*) = nullptr;
  Answer* (*exec)(Connection*, const char* sql) = nullptr;
  Answer* (*prepare)(Connection*, const char* name, const char* sql, int, const unsigned*) = nullptr;
  Answer* (*exec_prepared)(Connection*, const char* name, int, const char* const*, const int*, const int*,
                           int) = nullptr;
  int (*result_status)(const Answer*) = nullptr;
  char* (*error_field)(const Answer*, int code) = nullptr;
  int (*rows)(const Answer*) = nullptr;
  int (*columns)(const Answer*) = nullptr;
  char* (*value)(const Answer*, int row, int column) = nullptr;
  int (*length)(const Answer*, int row, int column) = nullptr;
  int (*is_null)(const Answer*, int row, int column) = nullptr;
  char* (*affected)(Answer*) = nullptr;
  void (*clear)(Answer*) = nullptr;

  // Null: it is not installed.
  static const Libpq* find() {
    static const Libpq all;
    return all.clear == nullptr ? nullptr : &all;
  }

 private:
  Libpq() {
    void* library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);  // for as long as the process lives
    if (library == nullptr) return;
    const auto take = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::decay_t<decltype(function)>>(::dlsym(library, name));
      return function != nullptr;
    };
    const bool whole = take(connect, "PQconnectdb") && take(status, "PQstatus") &&
                       take(connection_error, "PQerrorMessage") && take(finish, "PQfinish") && take(exec, "PQexec") &&
                       take(prepare, "PQprepare") && take(exec_prepared, "PQexecPrepared") &&
                       take(result_status, "PQresultStatus") && take(error_field, "PQresultErrorField") &&
                       take(rows, "PQntuples") && take(columns, "PQnfields") && take(value, "PQgetvalue") &&
                       take(length, "PQgetlength") && take(is_null, "PQgetisnull") && take(affected, "PQcmdTuples");
    if (whole) take(clear, "PQclear");
  }
};

struct PgAnswer {
  SqlRows rows;
  std::uint64_t affected = 0;
};

class PgSession {
 public:
  explicit PgSession(const std::string& conninfo) : pq_(*Libpq::find()), connection_(pq_.connect(conninfo.c_str())) {
    if (pq_.status(connection_) == kConnected) return;
    const std::string why = pq_.connection_error(connection_);
    pq_.finish(connection_);
    throw Error(DLRGW_E_UNAVAILABLE, why);
  }
  ~PgSession() { pq_.finish(connection_); }
  PgSession(const PgSession&) = delete;
  PgSession& operator=(const PgSession&) = delete;

  // Throws dlrgw::Error: `what`, PostgreSQL's sentence with its SQLSTATE, and the text at which it finds the trouble.
  // Several statements are allowed; the answer is the last one's.
  PgAnswer exec(const std::string& sql, const std::string& what) const {
    return take(pq_.exec(connection_, sql.c_str()), sql, what);
  }
  void prepare(const std::string& name, const std::string& sql, const std::string& what) const {
    take(pq_.prepare(connection_, name.c_str(), sql.c_str(), 0, nullptr), sql, what);
  }
  // parameters: as texts.
  PgAnswer exec_prepared(const std::string& name, const std::vector<std::string>& parameters,
                         const std::string& what) const {
    std::vector<const char*> values;
    for (const std::string& one : parameters) values.push_back(one.c_str());
    return take(pq_.exec_prepared(connection_, name.c_str(), static_cast<int>(values.size()), values.data(), nullptr,
                                  nullptr, 0),
                {}, what);
  }

 private:
  static constexpr int kConnected = 0, kDone = 1, kRows = 2;  // CONNECTION_OK, PGRES_COMMAND_OK, PGRES_TUPLES_OK
  static constexpr std::size_t kShown = 40;                   // characters of a statement

  PgAnswer take(Libpq::Answer* raw, const std::string& sql, const std::string& what) const {
    const std::unique_ptr<Libpq::Answer, void (*)(Libpq::Answer*)> answer(raw, pq_.clear);
    const int status = pq_.result_status(raw);
    if (status != kDone && status != kRows) refuse(raw, sql, what);
    PgAnswer out;
    out.affected = std::strtoull(pq_.affected(raw), nullptr, 10);
    for (int row = 0; row < pq_.rows(raw); ++row) {
      auto& cells = out.rows.emplace_back();
      for (int column = 0; column < pq_.columns(raw); ++column) {
        if (pq_.is_null(raw, row, column) != 0) {
          cells.emplace_back(std::nullopt);
        } else {
          cells.emplace_back(std::string(pq_.value(raw, row, column), std::size_t(pq_.length(raw, row, column))));
        }
      }
    }
    return out;
  }

  [[noreturn]] void refuse(const Libpq::Answer* raw, const std::string& sql, const std::string& what) const {
    const auto field = [&](char code) -> std::string {
      const char* text = pq_.error_field(raw, code);
      return text == nullptr ? "" : text;
    };
    std::string text = what + ": " + field('M');
    if (field('M').empty()) text += pq_.connection_error(connection_);
    if (const std::string state = field('C'); !state.empty()) text += " (SQLSTATE " + state + ")";
    // Of a statement inside a function that is the inner one.
    const std::string place = field('P').empty() ? field('p') : field('P');
    const std::string& in = field('P').empty() ? field('q') : sql;
    const std::size_t at = std::strtoull(place.c_str(), nullptr, 10);
    if (at > 0 && at <= in.size()) text += ", at \"" + in.substr(at - 1, kShown) + "\"";
    throw Error(DLRGW_E_INVALID, text);
  }

  const Libpq& pq_;
  Libpq::Connection* connection_;
};

}  // namespace dlrgw::testing::detail
