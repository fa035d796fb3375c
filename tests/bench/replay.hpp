// SPDX-License-Identifier: Apache-2.0
// Executes a captured script against a database: the lanes' transactions on several connections, and the relay's
// reading and deleting of the events that they wrote, as fast as PostgreSQL takes them. Owned by the ceiling; call from
// one thread, it starts its own.
#pragma once
#include <string>

#include "bench/statement_log.hpp"

namespace dlrgw::bench {

// How the relay works, derived from what it was seen doing: one statement reads behind a position in each subject, one
// deletes what was read. Both take a text[] of subjects and a bigint[] of positions.
struct RelayScript {
  std::shared_ptr<const Prepared> read;
  std::shared_ptr<const Prepared> remove;
  std::vector<std::string> subjects;
};
[[nodiscard]] RelayScript relay_script(const RoleScript& role);  // throws when it is not of that form

// Turns the parameters of the lanes into the binary format in which the gateway sent them; the log has them as text.
void make_binary(Script& script, const std::string& dsn);

struct Replayed {
  double seconds = 0;  // until everything is committed and the outbox is empty
  double committed_seconds = 0;
};

// script: made binary. dsn: a superuser's, who takes the roles' place with SET SESSION AUTHORIZATION.
[[nodiscard]] Replayed replay(const Script& script, const std::string& dsn, int connections);

inline constexpr const char* kLaneRole = "dlr_svc";
inline constexpr const char* kRelayRole = "dlr_relay";

}  // namespace dlrgw::bench
