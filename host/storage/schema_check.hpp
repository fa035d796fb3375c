// SPDX-License-Identifier: Apache-2.0
// Whether a database's schema and this gateway fit together, by what `migrate` wrote into dlr.schema_migrations. A
// newer schema is no obstacle by itself: neighbouring versions run side by side while hosts are restarted one by one. A
// script that an older gateway cannot live with says so in a comment of its first lines: `-- min_binary: 1.4.0`, the
// version of its owner. Judging is pure; reading takes two statements on a session of the given pool. Any thread.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/migrate.hpp"
#include "storage/pool.hpp"

namespace dlrgw::host {

// One row of dlr.schema_migrations.
struct AppliedScript {
  std::string owner, name;
  bool is_view = false;
  std::string sha256;
  std::string version;     // of the owner that brought it
  std::string min_binary;  // the oldest owner that lives with it; empty = any
};

// The version after "-- min_binary:" in the comments before the first statement; empty without one.
std::string min_binary_of(std::string_view sql);

// Sentences that say which side is behind and what to do; empty = they fit. At most one sentence for each owner and
// side.
std::vector<std::string> judge_schema(std::span<const AppliedScript> applied, std::span<const Migration> needed);

// kInvalid: they do not fit, the text has a line per sentence. Any other code: the database could not be asked.
Status check_schema(Pool& pool, std::span<const Migration> needed);

}  // namespace dlrgw::host
