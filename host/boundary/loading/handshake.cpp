// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/handshake.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "boundary/abi_read.hpp"

namespace dlrgw::host {
namespace {

using abi_read::Array;
using abi_read::FieldEnd;
using abi_read::read_text;

constexpr std::uint32_t kMaxOptions = 1024;
constexpr std::uint32_t kMaxReasons = 256;  // they are metric labels
constexpr std::uint32_t kMaxMigrations = 256;
constexpr std::uint32_t kMaxServices = 64;
constexpr std::uint32_t kMaxTables = 256;
constexpr std::uint64_t kMaxIdBytes = 64;
constexpr std::uint64_t kMaxSqlBytes = std::uint64_t{4} * 1024 * 1024;

static_assert(kOptionRequired == DLRGW_OPTION_REQUIRED && kOptionSecret == DLRGW_OPTION_SECRET &&
              kOptionOperator == DLRGW_OPTION_OPERATOR && kOptionRetries == DLRGW_OPTION_RETRIES);
static_assert(static_cast<std::uint32_t>(OptionType::kString) == DLRGW_OPTION_STRING &&
              static_cast<std::uint32_t>(OptionType::kInt) == DLRGW_OPTION_INT &&
              static_cast<std::uint32_t>(OptionType::kFloat) == DLRGW_OPTION_FLOAT &&
              static_cast<std::uint32_t>(OptionType::kBool) == DLRGW_OPTION_BOOL &&
              static_cast<std::uint32_t>(OptionType::kDuration) == DLRGW_OPTION_DURATION &&
              static_cast<std::uint32_t>(OptionType::kStringList) == DLRGW_OPTION_STRING_LIST &&
              static_cast<std::uint32_t>(OptionType::kStringMap) == DLRGW_OPTION_STRING_MAP);

// What a struct of SDK 1.0 holds; later fields are optional for ever.
constexpr std::array kPluginFields{DLRGW_FIELD_END(dlrgw_plugin, struct_size),
                                   DLRGW_FIELD_END(dlrgw_plugin, abi_major),
                                   DLRGW_FIELD_END(dlrgw_plugin, abi_minor_needed),
                                   DLRGW_FIELD_END(dlrgw_plugin, flags),
                                   DLRGW_FIELD_END(dlrgw_plugin, id),
                                   DLRGW_FIELD_END(dlrgw_plugin, version),
                                   DLRGW_FIELD_END(dlrgw_plugin, vendor),
                                   DLRGW_FIELD_END(dlrgw_plugin, description),
                                   DLRGW_FIELD_END(dlrgw_plugin, options),
                                   DLRGW_FIELD_END(dlrgw_plugin, option_count),
                                   DLRGW_FIELD_END(dlrgw_plugin, option_stride),
                                   DLRGW_FIELD_END(dlrgw_plugin, reasons),
                                   DLRGW_FIELD_END(dlrgw_plugin, reason_count),
                                   DLRGW_FIELD_END(dlrgw_plugin, reason_stride),
                                   DLRGW_FIELD_END(dlrgw_plugin, migrations),
                                   DLRGW_FIELD_END(dlrgw_plugin, migration_count),
                                   DLRGW_FIELD_END(dlrgw_plugin, migration_stride),
                                   DLRGW_FIELD_END(dlrgw_plugin, services),
                                   DLRGW_FIELD_END(dlrgw_plugin, service_count),
                                   DLRGW_FIELD_END(dlrgw_plugin, service_stride),
                                   DLRGW_FIELD_END(dlrgw_plugin, create),
                                   DLRGW_FIELD_END(dlrgw_plugin, destroy)};
constexpr std::size_t kOptionBytes = offsetof(dlrgw_option, help) + sizeof(dlrgw_str);
constexpr std::size_t kReasonBytes = offsetof(dlrgw_reason, outcome) + sizeof(dlrgw_str);
constexpr std::size_t kTableBytes = offsetof(dlrgw_table, name) + sizeof(dlrgw_str);
constexpr std::uint32_t kTableBits = DLRGW_TABLE_SELECT | DLRGW_TABLE_INSERT | DLRGW_TABLE_UPDATE | DLRGW_TABLE_DELETE;
constexpr std::size_t kMigrationBytes = offsetof(dlrgw_migration, sql) + sizeof(dlrgw_str);

constexpr std::array<std::string_view, 10> kOutcomes{DLRGW_OUTCOMES};

Error broken(std::string text) { return {ErrorCode::kInvalid, std::move(text)}; }

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

bool only(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view kIdCharacters = "abcdefghijklmnopqrstuvwxyz0123456789._-";
constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
constexpr std::string_view kTableCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_";
constexpr std::string_view kKeyCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

// MAJOR.MINOR.PATCH, then optionally "-" or "+" and more, as semver.org says; leading zeros are let through.
bool is_version(std::string_view text) {
  const std::string_view core = text.substr(0, text.find_first_of("-+"));
  const std::string_view rest = text.substr(core.size());
  if (!only(core, "0123456789.") || std::count(core.begin(), core.end(), '.') != 2) return false;
  if (core.front() == '.' || core.back() == '.' || core.find("..") != std::string_view::npos) return false;
  return rest.empty() ||
         (rest.size() > 1 && only(rest.substr(1), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-+"));
}

class Handshake {
 public:
  Handshake(const dlrgw_plugin& theirs, const HostOffer& offer) : offer_(offer), theirs_(theirs) {}

  // Sentences continue the label; info().id is set as soon as it can be trusted.
  Status run() {
    // In this order, because what a later check reads exists only if the earlier one passed.
    for (const auto step :
         {&Handshake::check_major, &Handshake::read_id, &Handshake::check_minor, &Handshake::check_size,
          &Handshake::read_texts, &Handshake::read_options, &Handshake::read_reasons, &Handshake::read_migrations,
          &Handshake::read_tables, &Handshake::read_services, &Handshake::check_hooks})
      if (Status done = (this->*step)(); !done) return done;
    return {};
  }
  PluginInfo& info() { return info_; }

 private:
  [[nodiscard]] bool has(std::size_t end) const { return theirs_.struct_size >= end; }

  Status too_short() const {
    const FieldEnd* missing =
        abi_read::first_missing(kPluginFields.data(), kPluginFields.data() + kPluginFields.size(), theirs_.struct_size);
    return broken("its dlrgw_plugin has " + std::to_string(theirs_.struct_size) + " bytes, too short for the field " +
                  quoted(missing->name) + "; set struct_size to sizeof(dlrgw_plugin)");
  }

  // Another major may have another layout from here on, so nothing else is read before this.
  Status check_major() {
    if (!has(DLRGW_FIELD_END(dlrgw_plugin, abi_minor_needed).end)) return too_short();
    if (theirs_.abi_major != offer_.abi_major)
      return broken("is built for SDK " + std::to_string(theirs_.abi_major) + ".x, this host offers " + host_sdk() +
                    "; rebuild it with the SDK of this host");
    return {};
  }

  Status read_id() {
    if (!has(DLRGW_FIELD_END(dlrgw_plugin, id).end)) return too_short();
    Status bad = broken("its id is not 1 to 64 characters of [a-z0-9._-]; correct the field id");
    if (theirs_.id.len == 0 || theirs_.id.len > kMaxIdBytes || theirs_.id.ptr == nullptr) return bad;
    std::string id(theirs_.id.ptr, static_cast<std::size_t>(theirs_.id.len));
    if (!only(id, kIdCharacters)) return bad;
    info_.id = std::move(id);
    return {};
  }

  Status check_minor() {
    info_.abi_minor_needed = theirs_.abi_minor_needed;
    if (theirs_.abi_minor_needed <= offer_.abi_minor) return {};
    return Error{ErrorCode::kNotFound, "needs SDK " + std::to_string(theirs_.abi_major) + "." +
                                           std::to_string(theirs_.abi_minor_needed) + ", this host offers " +
                                           host_sdk() + "; upgrade the host"};
  }

  Status check_size() { return has(kPluginFields.back().end) ? Status() : too_short(); }

  Status read_texts() {
    for (const auto& [text, what, out] :
         {std::tuple{theirs_.version, "version", &info_.version}, std::tuple{theirs_.vendor, "vendor", &info_.vendor},
          std::tuple{theirs_.description, "description", &info_.description}}) {
      auto read = read_text(text, what, abi_read::kMaxTextBytes);
      if (!read) return read.error();
      *out = std::move(*read);
    }
    if (info_.version.size() > kMaxIdBytes || !is_version(info_.version))
      return broken("its version " + quoted(info_.version.substr(0, kMaxIdBytes)) + " is not like \"1.2.3\"");
    return {};
  }

  Status read_options() {
    std::set<std::pair<bool, std::string>> seen;  // an operator's key and a plugin's key may be called the same
    const Array array{"options",  "option_stride", theirs_.options, theirs_.option_count, theirs_.option_stride,
                      kMaxOptions};
    return abi_read::for_each_struct<dlrgw_option>(
        array, kOptionBytes, [&](const dlrgw_option& o, std::uint32_t i) -> Status {
          auto key = read_text(o.key, "options[" + std::to_string(i) + "].key", kMaxIdBytes);
          if (!key) return key.error();
          if (!only(*key, kKeyCharacters))
            return broken("options[" + std::to_string(i) + "].key is not 1 to 64 characters of [A-Za-z0-9_-]");
          const std::string name = "option " + quoted(*key);
          if (o.type < DLRGW_OPTION_STRING || o.type > DLRGW_OPTION_STRING_MAP)
            return broken(name + " has the unknown type " + std::to_string(o.type) + ", this host knows 1 to " +
                          std::to_string(DLRGW_OPTION_STRING_MAP));
          OptionDecl out;
          out.key = std::move(*key);
          out.type = static_cast<OptionType>(o.type);
          out.flags = o.flags;
          const bool per_operator = (o.flags & kOptionOperator) != 0;
          if (!seen.emplace(per_operator, out.key).second) return broken(name + " is declared twice");
          auto fallback = read_text(o.default_value, name + ": its default");
          if (!fallback) return fallback.error();
          auto help = read_text(o.help, name + ": its help", abi_read::kMaxTextBytes, true);
          if (!help) return help.error();
          auto allowed = read_text(o.allowed, name + ": its list of allowed values");
          if (!allowed) return allowed.error();
          if (!allowed->empty() && out.type != OptionType::kString && out.type != OptionType::kStringList &&
              out.type != OptionType::kStringMap)
            return broken(name + " lists allowed values, which only strings have");
          out.default_value = std::move(*fallback);
          out.allowed = std::move(*allowed);
          out.help = std::move(*help);
          info_.options.push_back(std::move(out));
          return {};
        });
  }

  Status read_reasons() {
    std::set<std::string> seen;
    const Array array{"reasons",  "reason_stride", theirs_.reasons, theirs_.reason_count, theirs_.reason_stride,
                      kMaxReasons};
    return abi_read::for_each_struct<dlrgw_reason>(
        array, kReasonBytes, [&](const dlrgw_reason& r, std::uint32_t i) -> Status {
          auto name = read_text(r.name, "reasons[" + std::to_string(i) + "].name", kMaxIdBytes);
          if (!name) return name.error();
          if (!only(*name, kNameCharacters))
            return broken("reasons[" + std::to_string(i) + "].name is not 1 to 64 characters of [a-z0-9_.-]");
          auto outcome = read_text(r.outcome, "reason " + quoted(*name) + ": its outcome", kMaxIdBytes);
          if (!outcome) return outcome.error();
          if (!outcome->empty() && std::find(kOutcomes.begin(), kOutcomes.end(), *outcome) == kOutcomes.end())
            return broken("reason " + quoted(*name) + " has the unknown outcome " + quoted(*outcome) +
                          "; use one of DLRGW_OUTCOME_");
          if (!seen.insert(*name).second) return broken("reason " + quoted(*name) + " is declared twice");
          info_.reasons.push_back({std::move(*name), std::move(*outcome)});
          return {};
        });
  }

  Status read_migrations() {
    std::set<std::string> seen;
    const Array array{
        "migrations",  "migration_stride", theirs_.migrations, theirs_.migration_count, theirs_.migration_stride,
        kMaxMigrations};
    return abi_read::for_each_struct<dlrgw_migration>(
        array, kMigrationBytes, [&](const dlrgw_migration& m, std::uint32_t i) -> Status {
          auto name = read_text(m.name, "migrations[" + std::to_string(i) + "].name", 2 * kMaxIdBytes);
          if (!name) return name.error();
          if (name->empty()) return broken("migrations[" + std::to_string(i) + "].name is empty");
          if (m.kind != DLRGW_MIGRATION_TABLES && m.kind != DLRGW_MIGRATION_VIEWS)
            return broken("migration " + quoted(*name) + " has the unknown kind " + std::to_string(m.kind));
          if (!seen.insert(*name).second) return broken("migration " + quoted(*name) + " is declared twice");
          auto sql = read_text(m.sql, "migration " + quoted(*name) + ": its SQL", kMaxSqlBytes, true);
          if (!sql) return sql.error();
          info_.migrations.push_back({static_cast<MigrationKind>(m.kind), std::move(*name), std::move(*sql)});
          return {};
        });
  }

  // Behind the migrations, of which it speaks.
  Status read_tables() {
    if (!info_.migrations.empty() && !granted("sql"))
      return Error{ErrorCode::kDenied, "brings SQL for the database, which is not granted; add \"sql\" to its grants"};
    if (!has(DLRGW_FIELD_END(dlrgw_plugin, table_stride).end)) return {};
    if (theirs_.table_count != 0 && info_.migrations.empty())
      return broken("declares rights on tables and has no migrations that make them");
    std::set<std::string> seen;
    const Array array{"tables", "table_stride", theirs_.tables, theirs_.table_count, theirs_.table_stride, kMaxTables};
    return abi_read::for_each_struct<dlrgw_table>(
        array, kTableBytes, [&](const dlrgw_table& t, std::uint32_t i) -> Status {
          auto name = read_text(t.name, "tables[" + std::to_string(i) + "].name", kMaxIdBytes);
          if (!name) return name.error();
          if (!only(*name, kTableCharacters))
            return broken("tables[" + std::to_string(i) +
                          "].name is not 1 to 64 characters of [a-z0-9_]; leave the schema out");
          if (((t.svc | t.maint) & ~kTableBits) != 0)
            return broken("table " + quoted(*name) + " asks for a right that this host does not know");
          if (!seen.insert(*name).second) return broken("table " + quoted(*name) + " is declared twice");
          info_.tables.push_back({std::move(*name), t.svc, t.maint});
          return {};
        });
  }

  Status read_services() {
    const Array array{"services",  "service_stride", theirs_.services, theirs_.service_count, theirs_.service_stride,
                      kMaxServices};
    auto ids = abi_read::read_strings(array, kMaxIdBytes);
    if (!ids) return ids.error();
    info_.services = std::move(*ids);
    for (const std::string& id : info_.services)
      if (Status offered = check_service(id); !offered) return offered;
    return {};
  }

  // True too for tools that run without a configuration.
  [[nodiscard]] bool granted(std::string_view grant) const {
    return !offer_.grants || std::find(offer_.grants->begin(), offer_.grants->end(), grant) != offer_.grants->end();
  }

  Status check_service(const std::string& id) const {
    const auto same_id = [&](const OfferedService& s) { return s.id == id; };
    const auto offered = std::find_if(offer_.services.begin(), offer_.services.end(), same_id);
    if (offered != offer_.services.end()) {
      if (offered->grant.empty() || granted(offered->grant)) return {};
      return Error{ErrorCode::kDenied,
                   "needs " + id + ", which is not granted; add " + quoted(offered->grant) + " to its grants"};
    }
    const std::string family = id.substr(0, id.find('/') + 1);  // "dlrgw.sql/"; empty without a revision
    std::string revisions;
    for (const OfferedService& s : offer_.services)
      if (!family.empty() && s.id.starts_with(family)) revisions += (revisions.empty() ? "" : ", ") + s.id;
    return Error{ErrorCode::kNotFound, "needs " + id + ", host offers " +
                                           (revisions.empty() ? "nothing of that name" : revisions) +
                                           "; upgrade the host"};
  }

  Status check_hooks() {
    if (theirs_.create == nullptr) return broken("its hook create is NULL; every plugin needs one");
    if (theirs_.destroy == nullptr) return broken("its hook destroy is NULL; every plugin needs one");
    return {};
  }

  [[nodiscard]] std::string host_sdk() const {
    return std::to_string(offer_.abi_major) + "." + std::to_string(offer_.abi_minor);
  }

  const HostOffer& offer_;
  const dlrgw_plugin& theirs_;  // no field is touched before its presence is known
  PluginInfo info_;
};

}  // namespace

std::string plugin_label(std::string_view id, std::string_view path) {
  if (id.empty()) return "plugin file " + std::string(path) + ": ";
  return "plugin " + std::string(id) + " (" + std::string(path) + "): ";
}

Result<PluginInfo> validate_plugin(const dlrgw_plugin* plugin, std::string_view path, const HostOffer& offer) {
  if (plugin == nullptr)
    return broken(plugin_label({}, path) + "its entry " DLRGW_PLUGIN_ENTRY_NAME
                                           " returned NULL; it must return its static dlrgw_plugin");
  Handshake handshake(*plugin, offer);
  if (Status done = handshake.run(); !done)
    return Error{done.error().code, plugin_label(handshake.info().id, path) + done.error().text};
  handshake.info().path = path;
  return std::move(handshake.info());
}

}  // namespace dlrgw::host
