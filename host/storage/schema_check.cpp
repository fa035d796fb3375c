// SPDX-License-Identifier: Apache-2.0
#include "storage/schema_check.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <tuple>

#include "support/digest.hpp"
#include "support/version_order.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::seconds kWait{3};
constexpr std::string_view kMark = "-- min_binary:";

std::string script(std::string_view owner, std::string_view name, bool is_view) {
  return std::string(owner) + ": " + (is_view ? "views/" : "tables/") + std::string(name) + ".sql";
}

std::string called(std::string_view owner, std::string_view version) {
  return (owner == "host" ? "dlr-gateway" : "plugin " + std::string(owner)) + " " + std::string(version);
}

// The scripts of one owner that one sentence is about: the first by name, the rest by number.
struct Finding {
  std::string first;
  std::size_t count = 0;
  void add(const std::string& what) {
    if (count++ == 0) first = what;
  }
  [[nodiscard]] std::string text() const {
    return count < 2 ? first : first + " and " + std::to_string(count - 1) + " more";
  }
};
using Findings = std::map<std::string, Finding>;  // by owner

std::string_view next_line(std::string_view& rest) {
  const std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  return line;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// to_jsonb: a table that an earlier gateway made may lack a column, and is then older than this one needs.
constexpr std::string_view kRead =
    "SELECT m.owner, m.name, m.kind, m.sha256, coalesce(to_jsonb(m)->>'version', ''), "
    "coalesce(to_jsonb(m)->>'min_binary', '') FROM dlr.schema_migrations m";
constexpr std::string_view kExists =
    "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'dlr' AND c.relname = 'schema_migrations'";

Result<std::vector<AppliedScript>> read_schema(Pool& pool) {
  Result<Lease> lease = pool.acquire(kWait);
  if (!lease) return lease.error();
  const std::string_view what = "dlr.schema_migrations";
  ResultTable rows;
  if (const DbStatus failure = (*lease)->run_sql(std::string(kExists), {}, &rows, what)) return failure->error();
  std::vector<AppliedScript> out;
  if (rows.rows() == 0) return out;
  if (const DbStatus failure = (*lease)->run_sql(std::string(kRead), {}, &rows, what)) return failure->error();
  for (std::uint32_t i = 0; i < rows.rows(); ++i) {
    const auto cell = [&](std::uint32_t column) { return std::string(rows.raw(i, column).value_or("")); };
    out.push_back({cell(0), cell(1), cell(2) == "views", cell(3), cell(4), cell(5)});
  }
  return out;
}

}  // namespace

std::string min_binary_of(std::string_view sql) {
  while (!sql.empty()) {
    const std::string_view line = trimmed(next_line(sql));
    if (line.starts_with(kMark)) return std::string(trimmed(line.substr(kMark.size())));
    if (!line.empty() && !line.starts_with("--")) break;
  }
  return {};
}

std::vector<std::string> judge_schema(std::span<const AppliedScript> applied, std::span<const Migration> needed) {
  std::map<std::tuple<std::string_view, std::string_view, bool>, const AppliedScript*> found;
  for (const AppliedScript& one : applied) found[{one.owner, one.name, one.is_view}] = &one;
  std::map<std::string_view, std::string_view> version_of;
  for (const Migration& one : needed) version_of.emplace(one.owner, one.version);

  Findings missing, changed, too_new;
  for (const Migration& one : needed) {
    const std::string label = script(one.owner, one.name, one.is_view);
    const auto at = found.find({one.owner, one.name, one.is_view});
    if (at == found.end()) {
      missing[one.owner].add(label);
    } else if (at->second->sha256 != sha256_hex(one.sql)) {
      // A view is replaced by the newer side; a table's script never changes once it was applied.
      if (!one.is_view) {
        changed[one.owner].add(label);
      } else if (compare_versions(at->second->version, one.version) <= 0) {
        missing[one.owner].add(label);
      }
    }
  }
  for (const AppliedScript& one : applied) {
    const auto owner = version_of.find(one.owner);
    if (owner == version_of.end() || compare_versions(one.min_binary, owner->second) <= 0) continue;
    too_new[one.owner].add(script(one.owner, one.name, one.is_view) + " needs " + one.min_binary + " or newer");
  }

  std::vector<std::string> out;
  for (const auto& [owner, scripts] : missing) {
    out.push_back("the database is behind " + called(owner, version_of[owner]) + ": " + scripts.text() +
                  (scripts.count < 2 ? " was" : " were") + " not applied to it; run dlr-gateway migrate");
  }
  for (const auto& [owner, scripts] : changed) {
    out.push_back("the database was made by another build than " + called(owner, version_of[owner]) + ": " +
                  scripts.text() + (scripts.count < 2 ? " has" : " have") +
                  " another text there; run the build that made it, or one that leaves applied scripts as they were");
  }
  for (const auto& [owner, scripts] : too_new) {
    out.push_back(called(owner, version_of[owner]) + " is behind the database: " + scripts.text() + "; upgrade " +
                  (owner == "host" ? std::string("this gateway") : "plugin " + owner));
  }
  return out;
}

Status check_schema(Pool& pool, std::span<const Migration> needed) {
  const Result<std::vector<AppliedScript>> applied = read_schema(pool);
  if (!applied) return applied.error();
  std::string text;
  for (const std::string& finding : judge_schema(*applied, needed)) text += (text.empty() ? "" : "\n") + finding;
  if (text.empty()) return {};
  return Error{ErrorCode::kInvalid, text};
}

}  // namespace dlrgw::host
