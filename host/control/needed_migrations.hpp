// SPDX-License-Identifier: Apache-2.0
// The SQL that the gateway and a set of plugins bring: what `migrate` applies and what a start or a reload asks the
// database for. Pure.
#pragma once
#include <span>
#include <vector>

#include "boundary/plugin_info.hpp"
#include "storage/migrate.hpp"

namespace dlrgw::host {

// The host's first, then the plugins' in their order.
std::vector<Migration> needed_migrations(std::span<const PluginInfo> plugins);
// What they declare of their tables.
std::vector<PluginTables> declared_tables(std::span<const PluginInfo> plugins);

}  // namespace dlrgw::host
