// SPDX-License-Identifier: Apache-2.0
#include "control/needed_migrations.hpp"

namespace dlrgw::host {

std::vector<Migration> needed_migrations(std::span<const PluginInfo> plugins) {
  std::vector<Migration> out = host_migrations();
  for (const PluginInfo& plugin : plugins) {
    for (const MigrationDecl& one : plugin.migrations)
      out.push_back({plugin.id, one.name, one.kind == MigrationKind::kViews, one.sql, plugin.version});
  }
  return out;
}

std::vector<PluginTables> declared_tables(std::span<const PluginInfo> plugins) {
  std::vector<PluginTables> out;
  for (const PluginInfo& plugin : plugins) out.push_back({plugin.id, plugin.tables});
  return out;
}

}  // namespace dlrgw::host
