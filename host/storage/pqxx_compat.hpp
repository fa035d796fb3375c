// SPDX-License-Identifier: Apache-2.0
// The few places where libpqxx 6.4 and 7.10 differ. Included by connection.cpp only.
#pragma once
#include <span>
#include <string>
#include <vector>

#include <pqxx/pqxx>

namespace dlrgw::host::pqxx_compat {

// Parameters in PostgreSQL's binary format; they live as long as what they were packed from.
#if PQXX_VERSION_MAJOR >= 7
inline pqxx::params pack_binary(std::span<const std::string> values) {
  pqxx::params all;
  for (const std::string& one : values) all.append(pqxx::binary_cast(one));
  return all;
}
#else
inline std::vector<pqxx::binarystring> pack_binary(std::span<const std::string> values) {
  std::vector<pqxx::binarystring> all;
  all.reserve(values.size());
  for (const std::string& one : values) all.emplace_back(one);
  return all;
}
#endif

#if PQXX_VERSION_MAJOR > 7 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10)

inline pqxx::params pack(std::span<const std::string> parameters) {
  pqxx::params all;
  for (const std::string& one : parameters) all.append(one);
  return all;
}

inline pqxx::result run(pqxx::transaction_base& tx, const std::string& sql, std::span<const std::string> parameters) {
  return tx.exec(sql, pack(parameters));
}

inline pqxx::result run_prepared(pqxx::transaction_base& tx, const std::string& name,
                                 std::span<const std::string> binary) {
  return tx.exec(pqxx::prepped{name}, pack_binary(binary));
}

// Server notices would go to stderr, between the JSON lines of the log.
class Quiet {
 public:
  explicit Quiet(pqxx::connection& connection) {
    connection.set_notice_handler([](pqxx::zview) noexcept {});
  }
};

#else

#if PQXX_VERSION_MAJOR >= 7
inline pqxx::params pack(std::span<const std::string> parameters) {
  pqxx::params all;
  for (const std::string& one : parameters) all.append(one);
  return all;
}
#else
inline auto pack(std::span<const std::string> parameters) {
  return pqxx::prepare::make_dynamic_params(parameters.begin(), parameters.end());
}
#endif

inline pqxx::result run(pqxx::transaction_base& tx, const std::string& sql, std::span<const std::string> parameters) {
  return tx.exec_params(sql, pack(parameters));
}

inline pqxx::result run_prepared(pqxx::transaction_base& tx, const std::string& name,
                                 std::span<const std::string> binary) {
  const auto packed = pack_binary(binary);
#if PQXX_VERSION_MAJOR >= 7
  return tx.exec_prepared(name, packed);
#else
  return tx.exec_prepared(name, pqxx::prepare::make_dynamic_params(packed));
#endif
}

class Quiet {
 public:
  explicit Quiet(pqxx::connection& connection) : handler_(connection) {}

 private:
  pqxx::quiet_errorhandler handler_;
};

#endif

// Has the server parse the statement now: version 6 would wait until it is executed. What could not be prepared leaves
// nothing behind.
inline void prepare_now(pqxx::connection& connection, const std::string& name, const std::string& sql) {
  connection.prepare(name, sql);
#if PQXX_VERSION_MAJOR < 7
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  try {
    connection.prepare_now(name);
  } catch (...) {
    connection.unprepare(name);
    throw;
  }
#pragma GCC diagnostic pop
#endif
}

// Version 6 reconnects silently, which would drop the session's settings, locks and prepared statements unseen.
inline void never_reconnect([[maybe_unused]] pqxx::connection& connection) {
#if PQXX_VERSION_MAJOR < 7
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
}

// Errors name their SQLSTATE, schema and constraint in labels of their own, whatever language the server speaks.
inline void tell_details(pqxx::connection& connection) {
#if PQXX_VERSION_MAJOR < 7
  connection.set_verbosity(pqxx::connection::verbose);
#else
  connection.set_verbosity(pqxx::error_verbosity::verbose);
#endif
}

}  // namespace dlrgw::host::pqxx_compat
