// SPDX-License-Identifier: Apache-2.0
// What the environment of gateways does to them, each with its end: columns renamed, rights taken, locks, sessions
// ended, servers away, a subject that no stream takes. What is chosen is chosen by the random numbers of the caller.
// Used by one test, on its thread.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/receipt.hpp"
#include "support/servers.hpp"

namespace dlrgw::test {

// Under way from its making; over when end() has returned.
class Trouble {
 public:
  Trouble() = default;
  virtual ~Trouble() = default;
  Trouble(const Trouble&) = delete;
  Trouble& operator=(const Trouble&) = delete;
  virtual void end() = 0;
};

struct TroubleKind {
  std::string name;
  bool takes_postgres = false;  // away: nothing that needs it can begin or end meanwhile
  bool takes_nats = false;
  bool needs_nats = false;
  std::function<std::unique_ptr<Trouble>(Servers&, Rng&)> begin;
};

[[nodiscard]] const std::vector<TroubleKind>& trouble_kinds();

// Whether `inner` may begin and end while `outer` is under way.
[[nodiscard]] bool can_overlap(const TroubleKind& outer, const TroubleKind& inner);

// Statements of an owner, repeated until they are not refused any more for a deadlock or a lock.
void insist(TestPostgres& postgres, const std::string& sql);

}  // namespace dlrgw::test
