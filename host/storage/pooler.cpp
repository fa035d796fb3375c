// SPDX-License-Identifier: Apache-2.0
#include "storage/pooler.hpp"

namespace dlrgw::host {
namespace {

// How often to look: another client may take the lent session before we do.
constexpr int kLooks = 5;

// Whether the session that just answered one connection now serves the other, or the first is served by another one.
bool is_shared(Connection& one, Connection& other) {
  const std::int64_t first = one.backend_pid();
  if (other.begin()) return false;
  const std::int64_t second = other.backend_pid();
  const std::int64_t again = one.backend_pid();
  other.rollback();
  return first != 0 && (first == second || (again != 0 && again != first));
}

}  // namespace

Status check_pooler(Connection& opened, const SessionOpener& opener, std::string_view what) {
  if (!opened.pooled()) return {};
  Result<std::unique_ptr<Connection>> beside = opener.open(what);
  if (!beside) return beside.error();
  for (int look = 0; look < kLooks; ++look)
    if (is_shared(opened, **beside))
      return Error{
          ErrorCode::kDenied,
          std::string(what) +
              ": a connection pooler lends the sessions of PostgreSQL for one transaction at a time (PgBouncer: "
              "pool_mode = transaction or statement), and locks and settings are lost with them; give this "
              "database pool_mode = session there, or connect to PostgreSQL directly"};
  return {};
}

}  // namespace dlrgw::host
