// SPDX-License-Identifier: Apache-2.0
#include "control/statement_check.hpp"

#include <chrono>
#include <optional>

#include "storage/connection.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::string_view kSyntaxError = "42601";
constexpr std::string_view kInsufficientPrivilege = "42501";

// A privilege is given back without us, and the gateway holds until then. all_roles: none was passed over, so that it
// is nobody's statement.
bool certain(const DbFailure& failure, const Statement& statement, bool all_roles) {
  if (failure.sqlstate == kSyntaxError) return true;
  return all_roles && failure.sqlstate.starts_with("42") && failure.sqlstate != kInsufficientPrivilege &&
         statement.own_tables_only();
}

}  // namespace

std::vector<StatementTrouble> statement_troubles(std::span<const std::shared_ptr<const PluginInstance>> plugins,
                                                 SharedParts& shared) {
  // Which role runs a statement is known only when it runs: one that takes it is enough. The service's is asked first.
  std::vector<std::optional<Lease>> leases;
  for (const std::string_view name : StorageConfig::kPools) {
    Result<Lease> lease = shared.pool(name).acquire(kPatience);
    if (lease) leases.emplace_back(std::move(*lease));
  }
  std::vector<StatementTrouble> out;
  for (const auto& plugin : plugins) {
    for (const Statement& statement : plugin->statements()) {
      std::optional<DbFailure> first;
      bool taken = leases.empty();
      for (auto& lease : leases) {
        if (taken) break;
        const DbStatus failure = (*lease)->try_out(statement.full_name(), statement.sql(), statement.columns().size());
        taken = !failure;
        if (failure && !first) first = *failure;
      }
      if (taken) continue;
      out.push_back({plugin->identity().id, "plugin " + plugin->identity().id + ": " + first->placed(),
                     certain(*first, statement, leases.size() == StorageConfig::kPools.size())});
    }
  }
  return out;
}

}  // namespace dlrgw::host
