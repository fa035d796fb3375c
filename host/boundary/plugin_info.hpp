// SPDX-License-Identifier: Apache-2.0
// What a plugin says about itself, copied out of its memory, and what the host offers it. Values; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/abi/plugin.h>

#include "config/option_decl.hpp"
#include "storage/table_rights.hpp"

namespace dlrgw::host {

struct ReasonDecl {
  std::string name;
  std::string outcome;  // empty for reasons that never drop
};

enum class MigrationKind : std::uint32_t { kTables = DLRGW_MIGRATION_TABLES, kViews = DLRGW_MIGRATION_VIEWS };

struct MigrationDecl {
  MigrationKind kind = MigrationKind::kTables;
  std::string name;
  std::string sql;
};

struct PluginInfo {
  std::string id;
  std::string version;
  std::string vendor;
  std::string description;
  std::uint32_t abi_minor_needed = 0;
  std::vector<OptionDecl> options;
  std::vector<ReasonDecl> reasons;  // a verdict's reason is an index into these
  std::vector<MigrationDecl> migrations;
  std::vector<TableRights> tables;    // of its migrations; empty: it declares none
  std::vector<std::string> services;  // ids without which it cannot run
  std::string path;                   // the file that the operator named
  std::string sha256;                 // of that file's content, as loaded
};

struct OfferedService {
  std::string id;     // "dlrgw.sql/1"
  std::string grant;  // "sql", or empty when every plugin gets it
};

struct HostOffer {
  std::uint32_t abi_major = DLRGW_ABI_MAJOR;
  std::uint32_t abi_minor = DLRGW_ABI_MINOR;
  std::vector<OfferedService> services;
  // The grants of the plugin at hand. nullopt: do not check, for tools that run without a configuration.
  std::optional<std::vector<std::string>> grants;
};

// The start of every sentence about a plugin: "plugin com.acme.quirk (plugins/x.so): ".
std::string plugin_label(std::string_view id, std::string_view path);

}  // namespace dlrgw::host
