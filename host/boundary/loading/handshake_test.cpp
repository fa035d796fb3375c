// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/handshake.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

dlrgw_str str(std::string_view text) { return {text.data(), text.size()}; }

// A plugin that passes, to be broken in one place per test.
struct Sample {
  std::vector<dlrgw_option> options;
  std::vector<dlrgw_reason> reasons;
  std::vector<dlrgw_migration> migrations;
  std::vector<dlrgw_table> tables;
  std::vector<dlrgw_str> services;
  dlrgw_plugin plugin{};
  HostOffer offer{.services = {{"dlrgw.log/1", ""}, {"dlrgw.sql/1", "sql"}, {"dlrgw.sql/2", "sql"}},
                  .grants = std::vector<std::string>{}};

  Sample() {
    plugin.struct_size = sizeof plugin;
    plugin.abi_major = DLRGW_ABI_MAJOR;
    plugin.id = str("com.acme");
    plugin.version = str("1.2.3-rc.1+build.7");
    plugin.create = [](const dlrgw_host*, dlrgw_registrar*, void**, dlrgw_error*) { return DLRGW_OK; };
    plugin.destroy = [](void*) {};
  }
  dlrgw_option& add_option(std::string_view key, std::uint32_t type = DLRGW_OPTION_STRING, std::uint32_t flags = 0) {
    return options.emplace_back(dlrgw_option{sizeof(dlrgw_option), type, flags, 0, str(key), {}, {}, {}});
  }
  Result<PluginInfo> run() {
    plugin.options = options.data();
    plugin.option_count = static_cast<std::uint32_t>(options.size());
    plugin.option_stride = sizeof(dlrgw_option);
    plugin.reasons = reasons.data();
    plugin.reason_count = static_cast<std::uint32_t>(reasons.size());
    plugin.reason_stride = sizeof(dlrgw_reason);
    plugin.migrations = migrations.data();
    plugin.migration_count = static_cast<std::uint32_t>(migrations.size());
    plugin.migration_stride = sizeof(dlrgw_migration);
    plugin.tables = tables.data();
    plugin.table_count = static_cast<std::uint32_t>(tables.size());
    plugin.table_stride = sizeof(dlrgw_table);
    plugin.services = services.data();
    plugin.service_count = static_cast<std::uint32_t>(services.size());
    plugin.service_stride = sizeof(dlrgw_str);
    return run_as_is();
  }
  Result<PluginInfo> run_as_is() { return validate_plugin(&plugin, "p/x.so", offer); }
  std::string refusal() {
    const auto result = run();
    return result ? "" : result.error().text;
  }
};

constexpr const char* kLabel = "plugin com.acme (p/x.so): ";

TEST(Handshake, CopiesEverythingOut) {
  Sample s;
  s.plugin.vendor = str("Acme");
  s.plugin.description = str("counts");
  s.add_option("window", DLRGW_OPTION_DURATION, DLRGW_OPTION_REQUIRED | DLRGW_OPTION_SECRET).help =
      str("how long\nand why");
  s.add_option("window", DLRGW_OPTION_STRING, DLRGW_OPTION_OPERATOR).allowed = str("a|b||c");
  s.options.back().default_value = str("a");
  s.reasons.push_back({sizeof(dlrgw_reason), 0, str("seen_before"), str("dedup")});
  s.reasons.push_back({sizeof(dlrgw_reason), 0, str("later"), {}});
  s.migrations.push_back({sizeof(dlrgw_migration), DLRGW_MIGRATION_VIEWS, str("010_v.sql"), str("CREATE\nVIEW")});
  s.tables.push_back({sizeof(dlrgw_table), DLRGW_TABLE_SELECT, DLRGW_TABLE_DELETE, 0, str("acme_seen")});
  s.offer.grants = std::vector<std::string>{"sql"};
  s.services.push_back(str("dlrgw.log/1"));
  const auto info = s.run();
  ASSERT_TRUE(info) << info.error().text;
  EXPECT_EQ(info->id, "com.acme");
  EXPECT_EQ(info->version, "1.2.3-rc.1+build.7");
  EXPECT_EQ(info->vendor, "Acme");
  EXPECT_EQ(info->description, "counts");
  EXPECT_EQ(info->path, "p/x.so");
  ASSERT_EQ(info->options.size(), 2u);
  EXPECT_EQ(info->options[0].type, OptionType::kDuration);
  EXPECT_EQ(info->options[0].flags, kOptionRequired | kOptionSecret);
  EXPECT_EQ(info->options[0].help, "how long\nand why");
  EXPECT_EQ(info->options[1].flags, kOptionOperator);
  EXPECT_EQ(info->options[1].default_value, "a");
  EXPECT_EQ(info->options[1].allowed, "a|b||c");
  ASSERT_EQ(info->reasons.size(), 2u);
  EXPECT_EQ(info->reasons[0].outcome, "dedup");
  EXPECT_EQ(info->reasons[1].outcome, "");
  ASSERT_EQ(info->migrations.size(), 1u);
  EXPECT_EQ(info->migrations[0].kind, MigrationKind::kViews);
  EXPECT_EQ(info->tables, (std::vector<TableRights>{{"acme_seen", DLRGW_TABLE_SELECT, DLRGW_TABLE_DELETE}}));
  EXPECT_EQ(info->services, std::vector<std::string>{"dlrgw.log/1"});
}

TEST(Handshake, SqlForTheDatabaseTakesItsGrant) {
  Sample s;
  s.migrations.push_back({sizeof(dlrgw_migration), DLRGW_MIGRATION_TABLES, str("010"), str("SELECT 1")});
  EXPECT_EQ(s.refusal(),
            std::string(kLabel) + "brings SQL for the database, which is not granted; add \"sql\" to its grants");
  s.offer.grants = std::vector<std::string>{"sql"};
  EXPECT_EQ(s.refusal(), "");
}

TEST(Handshake, DeclaredTablesAreChecked) {
  Sample s;
  s.tables.push_back({sizeof(dlrgw_table), DLRGW_TABLE_SELECT, 0, 0, str("dlr.seen")});
  EXPECT_EQ(s.refusal(), std::string(kLabel) + "declares rights on tables and has no migrations that make them");
  s.offer.grants = std::vector<std::string>{"sql"};
  s.migrations.push_back({sizeof(dlrgw_migration), DLRGW_MIGRATION_TABLES, str("010"), str("SELECT 1")});
  EXPECT_EQ(s.refusal(),
            std::string(kLabel) + "tables[0].name is not 1 to 64 characters of [a-z0-9_]; leave the schema out");
  s.tables[0].name = str("seen");
  s.tables[0].maint = 16;
  EXPECT_EQ(s.refusal(), std::string(kLabel) + "table \"seen\" asks for a right that this host does not know");
  s.tables[0].maint = 0;
  s.tables.push_back(s.tables[0]);
  EXPECT_EQ(s.refusal(), std::string(kLabel) + "table \"seen\" is declared twice");
}

TEST(Handshake, AStructOfSdk10DeclaresNoTables) {
  Sample s;
  s.plugin.struct_size = offsetof(dlrgw_plugin, tables);
  s.plugin.tables = reinterpret_cast<const dlrgw_table*>(8);  // not there, and never looked at
  s.plugin.table_count = 3;
  const auto info = s.run_as_is();
  ASSERT_TRUE(info) << info.error().text;
  EXPECT_TRUE(info->tables.empty());
}

TEST(Handshake, EveryOutcomeOfTheSdkIsKnown) {
  for (const char* outcome : {DLRGW_OUTCOMES}) {
    Sample s;
    s.reasons.push_back({sizeof(dlrgw_reason), 0, str("r"), str(outcome)});
    EXPECT_EQ(s.refusal(), "") << outcome;
  }
}

// Every cut of the struct, in memory of exactly that size so that ASan sees a read too far, names the field it lacks.
TEST(Handshake, EveryShortStructIsRefusedByTheNameOfItsFirstMissingField) {
  const Sample sample;
  for (std::uint32_t size = 0; size < offsetof(dlrgw_plugin, tables); size += 4) {
    const std::uint32_t bytes = std::max<std::uint32_t>(size, 4);
    const std::unique_ptr<std::uint64_t[]> memory(new std::uint64_t[(bytes + 7) / 8]);
    std::memcpy(memory.get(), &sample.plugin, bytes);
    std::memcpy(memory.get(), &size, sizeof size);
    const auto result = validate_plugin(reinterpret_cast<const dlrgw_plugin*>(memory.get()), "p/x.so", sample.offer);
    ASSERT_FALSE(result) << size;
    EXPECT_NE(result.error().text.find("too short for the field"), std::string::npos) << size << result.error().text;
  }
  Sample before_create;
  before_create.plugin.struct_size = offsetof(dlrgw_plugin, create);
  EXPECT_EQ(before_create.refusal(),
            std::string(kLabel) + "its dlrgw_plugin has " + std::to_string(offsetof(dlrgw_plugin, create)) +
                " bytes, too short for the field \"create\"; set struct_size to sizeof(dlrgw_plugin)");
}

TEST(Handshake, ALongerStructOfALaterSdkIsFine) {
  Sample s;
  s.plugin.struct_size = sizeof(dlrgw_plugin) + 24;
  EXPECT_EQ(s.refusal(), "");
}

TEST(Handshake, LongerEntriesOfALaterSdkAreReadByTheirStride) {
  struct Wide {
    dlrgw_reason reason;
    char more[20];  // not a multiple of the alignment, too
  };
  std::vector<char> bytes(3 * sizeof(Wide));
  const char* names[] = {"one", "two", "three"};
  constexpr std::uint32_t kStride = sizeof(dlrgw_reason) + 20;
  for (std::size_t i = 0; i < 3; ++i) {
    const dlrgw_reason reason{kStride, 0, str(names[i]), {}};
    std::memcpy(bytes.data() + i * kStride, &reason, sizeof reason);
  }
  Sample s;
  (void)s.run();
  s.plugin.reasons = reinterpret_cast<const dlrgw_reason*>(bytes.data());
  s.plugin.reason_count = 3;
  s.plugin.reason_stride = kStride;
  const auto info = s.run_as_is();
  ASSERT_TRUE(info) << info.error().text;
  ASSERT_EQ(info->reasons.size(), 3u);
  EXPECT_EQ(info->reasons[2].name, "three");
}

TEST(Handshake, VersionsOfTheInterface) {
  Sample major;
  major.plugin.abi_major = 2;
  EXPECT_EQ(major.refusal(),
            "plugin file p/x.so: is built for SDK 2.x, this host offers 1.1; rebuild it with the SDK of this host");
  Sample minor;
  minor.plugin.abi_minor_needed = 5;
  EXPECT_EQ(minor.refusal(), std::string(kLabel) + "needs SDK 1.5, this host offers 1.1; upgrade the host");
  minor.offer.abi_minor = 5;
  EXPECT_EQ(minor.refusal(), "");
}

TEST(Handshake, IdsAndVersionsHaveASyntax) {
  const std::string too_long(65, 'a');
  for (const std::string_view id : {std::string_view(""), std::string_view("Acme"), std::string_view("a b"),
                                    std::string_view("a\n"), std::string_view(too_long)}) {
    Sample s;
    s.plugin.id = str(id);
    EXPECT_EQ(s.refusal(), "plugin file p/x.so: its id is not 1 to 64 characters of [a-z0-9._-]; correct the field id");
  }
  Sample null_id;
  null_id.plugin.id = {nullptr, 3};
  EXPECT_NE(null_id.refusal(), "");
  for (const char* version : {"", "1", "1.2", "1.2.", ".1.2", "1..2.3", "v1.2.3", "1.2.3-", "1.2.3 ", "1.2.3-ä"}) {
    Sample s;
    s.plugin.version = str(version);
    EXPECT_NE(s.refusal(), "") << version;
  }
  Sample s;
  s.plugin.version = str("one");
  EXPECT_EQ(s.refusal(), std::string(kLabel) + "its version \"one\" is not like \"1.2.3\"");
}

TEST(Handshake, ArraysMustBeWhatTheyClaim) {
  Sample null_array;
  (void)null_array.run();
  null_array.plugin.reasons = nullptr;
  null_array.plugin.reason_count = 2;
  EXPECT_EQ(null_array.run_as_is().error().text, std::string(kLabel) + "reasons is NULL with a count of 2");

  Sample narrow;
  narrow.add_option("k");
  (void)narrow.run();
  narrow.plugin.option_stride = 16;
  EXPECT_EQ(narrow.run_as_is().error().text,
            std::string(kLabel) + "option_stride is 16, an entry has at least 80 bytes");

  Sample lying;
  lying.add_option("k").struct_size = sizeof(dlrgw_option) + 8;  // beyond the stride
  EXPECT_EQ(lying.refusal(),
            std::string(kLabel) + "options[0] has a struct_size of 88, allowed are 80 to its stride of 80");
  lying.options[0].struct_size = 4;
  EXPECT_EQ(lying.refusal(),
            std::string(kLabel) + "options[0] has a struct_size of 4, allowed are 80 to its stride of 80");

  Sample endless;
  (void)endless.run();
  endless.plugin.services = reinterpret_cast<const dlrgw_str*>(&endless);
  endless.plugin.service_count = 0xFFFFFFFFu;
  EXPECT_EQ(endless.run_as_is().error().text,
            std::string(kLabel) + "services has 4294967295 entries, at most 64 are allowed");

  Sample null_service;
  null_service.services.push_back({nullptr, 4});
  EXPECT_EQ(null_service.refusal(), std::string(kLabel) + "services[0] is NULL with a length of 4");
}

TEST(Handshake, OptionsAreChecked) {
  Sample type;
  type.add_option("k", 9);
  EXPECT_EQ(type.refusal(), std::string(kLabel) + "option \"k\" has the unknown type 9, this host knows 1 to 7");
  Sample zero;
  zero.add_option("k", 0);
  EXPECT_EQ(zero.refusal(), std::string(kLabel) + "option \"k\" has the unknown type 0, this host knows 1 to 7");
  Sample twice;
  twice.add_option("k");
  twice.add_option("k", DLRGW_OPTION_INT);
  EXPECT_EQ(twice.refusal(), std::string(kLabel) + "option \"k\" is declared twice");
  Sample key;
  key.add_option("a key");
  EXPECT_EQ(key.refusal(), std::string(kLabel) + "options[0].key is not 1 to 64 characters of [A-Za-z0-9_-]");
  Sample allowed;
  allowed.add_option("k", DLRGW_OPTION_INT).allowed = str("1|2");
  EXPECT_EQ(allowed.refusal(), std::string(kLabel) + "option \"k\" lists allowed values, which only strings have");
}

TEST(Handshake, ReasonsAndMigrationsAreChecked) {
  Sample outcome;
  outcome.reasons.push_back({sizeof(dlrgw_reason), 0, str("r"), str("vanished")});
  EXPECT_EQ(outcome.refusal(),
            std::string(kLabel) + "reason \"r\" has the unknown outcome \"vanished\"; use one of DLRGW_OUTCOME_");
  Sample twice;
  twice.reasons.push_back({sizeof(dlrgw_reason), 0, str("r"), {}});
  twice.reasons.push_back({sizeof(dlrgw_reason), 0, str("r"), str("late")});
  EXPECT_EQ(twice.refusal(), std::string(kLabel) + "reason \"r\" is declared twice");
  Sample kind;
  kind.migrations.push_back({sizeof(dlrgw_migration), 3, str("m"), str("SELECT 1")});
  EXPECT_EQ(kind.refusal(), std::string(kLabel) + "migration \"m\" has the unknown kind 3");
}

TEST(Handshake, ServicesMustBeOfferedAndGranted) {
  Sample later;
  later.services.push_back(str("dlrgw.sql/3"));
  auto refused = later.run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(refused.error().text,
            std::string(kLabel) + "needs dlrgw.sql/3, host offers dlrgw.sql/1, dlrgw.sql/2; upgrade the host");
  Sample foreign;
  foreign.services.push_back(str("dlrgw.sq/1"));
  EXPECT_EQ(foreign.refusal(),
            std::string(kLabel) + "needs dlrgw.sq/1, host offers nothing of that name; upgrade the host");
  Sample denied;
  denied.services.push_back(str("dlrgw.sql/1"));
  refused = denied.run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDenied);
  EXPECT_EQ(refused.error().text,
            std::string(kLabel) + "needs dlrgw.sql/1, which is not granted; add \"sql\" to its grants");
  denied.offer.grants = {"sql"};
  EXPECT_EQ(denied.refusal(), "");
  denied.offer.grants.reset();  // a tool without a configuration
  EXPECT_EQ(denied.refusal(), "");
}

TEST(Handshake, HooksAndEntry) {
  Sample create;
  create.plugin.create = nullptr;
  EXPECT_EQ(create.refusal(), std::string(kLabel) + "its hook create is NULL; every plugin needs one");
  Sample destroy;
  destroy.plugin.destroy = nullptr;
  EXPECT_EQ(destroy.refusal(), std::string(kLabel) + "its hook destroy is NULL; every plugin needs one");
  EXPECT_EQ(
      validate_plugin(nullptr, "p/x.so", {}).error().text,
      "plugin file p/x.so: its entry dlrgw_plugin_entry_v1 returned NULL; it must return its static dlrgw_plugin");
}

}  // namespace
}  // namespace dlrgw::host
