// SPDX-License-Identifier: Apache-2.0
// Real plugin files, one per broken rule, through the whole of load_plugin: the exact sentence of each refusal.
#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "boundary/guard.hpp"
#include "boundary/loading/library.hpp"
#include "boundary/loading/load_plugin.hpp"

namespace dlrgw::host {
namespace {

namespace fs = std::filesystem;

class HandshakeTest : public ::testing::Test {
 protected:
  HandshakeTest() {
    std::string pattern = (fs::temp_directory_path() / "dlrgw-handshake-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~HandshakeTest() override { fs::remove_all(directory_); }

  static fs::path file(const std::string& name) { return fs::path(DLRGW_FIXTURES_DIR) / ("fixture_" + name + ".so"); }
  Result<LoadedPlugin> load(const fs::path& path) { return load_plugin(path, offer_); }

  // The sentence without its label, which is checked here.
  std::string refusal(const std::string& name, const std::string& id = {}) {
    const auto result = load(file(name));
    if (result) return "was loaded";
    const std::string label = plugin_label(id, file(name).string());
    EXPECT_TRUE(result.error().text.starts_with(label)) << result.error().text;
    return result.error().text.substr(std::min(label.size(), result.error().text.size()));
  }

  // A private, writable copy of a fixture.
  fs::path copy_of(const std::string& name) {
    const auto copy = directory_ / (name + ".so");
    fs::copy_file(file(name), copy);
    ::chmod(copy.c_str(), 0755);
    return copy;
  }

  fs::path directory_;
  HostOffer offer_{.services = {{"dlrgw.log/1", ""}, {"dlrgw.sql/1", "sql"}}, .grants = std::vector<std::string>{}};
};

TEST_F(HandshakeTest, AGoodPluginIsLoaded) {
  const std::size_t images = plugin_image_count();
  const auto loaded = load(file("good"));
  ASSERT_TRUE(loaded) << loaded.error().text;
  EXPECT_EQ(loaded->info.id, "fixture.good");
  EXPECT_EQ(loaded->info.version, "1.0.0");
  EXPECT_EQ(loaded->info.path, file("good").string());
  EXPECT_EQ(loaded->info.sha256.size(), 64u);
  EXPECT_EQ(plugin_image_count(), images + 1);
}

TEST_F(HandshakeTest, WithoutAnEntry) {
  EXPECT_EQ(
      refusal("no_entry"),
      "does not export dlrgw_plugin_entry_v1; it is not a plugin for SDK 1.x, or its entry is hidden; build it with "
      "dlrgw_add_plugin()");
}
TEST_F(HandshakeTest, NullFromTheEntry) {
  EXPECT_EQ(refusal("null_entry"),
            "its entry dlrgw_plugin_entry_v1 returned NULL; it must return its static dlrgw_plugin");
}
TEST_F(HandshakeTest, AnotherMajor) {
  EXPECT_EQ(refusal("wrong_major"), "is built for SDK 2.x, this host offers 1.1; rebuild it with the SDK of this host");
}
TEST_F(HandshakeTest, AMinorTooNew) {
  EXPECT_EQ(refusal("minor_too_new", "fixture.minor-too-new"),
            "needs SDK 1.999, this host offers 1.1; upgrade the host");
}
// A real plugin of 1.1 that needs it, on a host that offers 1.0.
TEST_F(HandshakeTest, APluginOf11OnAHostOf10) {
  const fs::path weave = DLRGW_WEAVE_PLUGIN;
  ASSERT_TRUE(load(weave));
  offer_.abi_minor = 0;
  const auto refused = load(weave);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text,
            "plugin mno-weave (" + weave.string() + "): needs SDK 1.1, this host offers 1.0; upgrade the host");
}
TEST_F(HandshakeTest, AShortStruct) {
  EXPECT_EQ(
      refusal("short_struct", "fixture.short-struct"),
      "its dlrgw_plugin has 144 bytes, too short for the field \"create\"; set struct_size to sizeof(dlrgw_plugin)");
}
TEST_F(HandshakeTest, NoCreate) {
  EXPECT_EQ(refusal("null_create", "fixture.null-create"), "its hook create is NULL; every plugin needs one");
}
TEST_F(HandshakeTest, ABadId) {
  EXPECT_EQ(refusal("bad_id"), "its id is not 1 to 64 characters of [a-z0-9._-]; correct the field id");
}
TEST_F(HandshakeTest, AnUnknownOptionType) {
  EXPECT_EQ(refusal("unknown_option_type", "fixture.unknown-option-type"),
            "option \"limit\" has the unknown type 99, this host knows 1 to 7");
}
TEST_F(HandshakeTest, AnUnknownOutcome) {
  EXPECT_EQ(refusal("unknown_outcome", "fixture.unknown-outcome"),
            "reason \"gone\" has the unknown outcome \"vanished\"; use one of DLRGW_OUTCOME_");
}
TEST_F(HandshakeTest, AServiceThatIsNotOffered) {
  EXPECT_EQ(refusal("service_not_offered", "fixture.service-not-offered"),
            "needs dlrgw.sql/999, host offers dlrgw.sql/1; upgrade the host");
}
TEST_F(HandshakeTest, AServiceThatIsNotGranted) {
  EXPECT_EQ(refusal("service_not_granted", "fixture.service-not-granted"),
            "needs dlrgw.sql/1, which is not granted; add \"sql\" to its grants");
  offer_.grants = {"sql"};
  EXPECT_TRUE(load(file("service_not_granted")));
}

TEST_F(HandshakeTest, AUniqueSymbol) {
  EXPECT_EQ(refusal("unique_symbol"),
            "exports unique symbols, which the old and the new copy would share on a reload (fixture_shared_state); "
            "build it with dlrgw_add_plugin()");
}

TEST_F(HandshakeTest, AnExtraExportIsShownAndLoaded) {
  const auto inspection = inspect_file(file("extra_export"));
  ASSERT_TRUE(inspection) << inspection.error().text;
  ASSERT_EQ(inspection->findings.size(), 1u);
  EXPECT_EQ(inspection->findings[0].kind, FindingKind::kExtraExport);
  EXPECT_EQ(inspection->findings[0].text,
            "exports more than its entry (fixture_helper); build it with dlrgw_add_plugin()");
  EXPECT_TRUE(load(file("extra_export")));
}

TEST_F(HandshakeTest, TheSdksFunctionLeavesNothingToFind) {
  for (const char* name : {"good", "throws_in_create", "inline_static"}) {
    const auto inspection = inspect_file(file(name));
    ASSERT_TRUE(inspection) << inspection.error().text;
    EXPECT_TRUE(inspection->findings.empty()) << name << ": " << inspection->findings.front().text;
    ASSERT_EQ(inspection->exports.size(), 1u);
    EXPECT_EQ(inspection->exports[0].name, "dlrgw_plugin_entry_v1");
  }
}

TEST_F(HandshakeTest, AnotherArchitecture) {
  const auto path = copy_of("good");
#if defined(__aarch64__)
  const std::uint16_t machine = EM_X86_64;
  const char* sentence = "is built for x86-64, this host is aarch64; build it for aarch64";
#else
  const std::uint16_t machine = EM_AARCH64;
  const char* sentence = "is built for aarch64, this host is x86-64; build it for x86-64";
#endif
  std::fstream out(path, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(offsetof(Elf64_Ehdr, e_machine));
  out.write(reinterpret_cast<const char*>(&machine), sizeof machine);
  out.close();
  const auto result = load(path);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text, plugin_label({}, path.string()) + sentence);
}

TEST_F(HandshakeTest, ACutFile) {
  const auto path = copy_of("good");
  fs::resize_file(path, 700);
  const auto result = load(path);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text, plugin_label({}, path.string()) + "is cut off or damaged; copy it again");
}

TEST_F(HandshakeTest, AFileThatAnyoneMayWrite) {
  const auto path = copy_of("good");
  ::chmod(path.c_str(), 0777);
  const auto result = load(path);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text,
            plugin_label({}, path.string()) + "anyone may write it, so it is not run; chmod o-w " + path.string());
}

TEST_F(HandshakeTest, AMissingLibrary) {
  EXPECT_EQ(
      refusal("missing_library"),
      "cannot be loaded: libfixture_absent.so: cannot open shared object file: No such file or directory; install "
      "what it needs or rebuild it for this system");
}

TEST_F(HandshakeTest, CreateFails) {
  const auto loaded = load(file("fails_create"));
  ASSERT_TRUE(loaded) << loaded.error().text;
  void* self = nullptr;
  const Status s = call_guarded("plugin fixture.fails-create: create", [&](dlrgw_error* error) {
    return loaded->plugin->create(nullptr, nullptr, &self, error);
  });
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(s.error().text, "plugin fixture.fails-create: create: no licence file");
}

TEST_F(HandshakeTest, CreateThrows) {
  const auto loaded = load(file("throws_in_create"));
  ASSERT_TRUE(loaded) << loaded.error().text;
  void* self = nullptr;
  const Status s = call_guarded("plugin fixture.throws-in-create: create", [&](dlrgw_error* error) {
    return loaded->plugin->create(nullptr, nullptr, &self, error);
  });
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, ErrorCode::kInternal);
  EXPECT_EQ(
      s.error().text,
      "plugin fixture.throws-in-create: create threw an exception across the C interface; the plugin must catch it");
}

std::uint32_t create_calls(const LoadedPlugin& loaded) {
  void* self = nullptr;
  EXPECT_EQ(loaded.plugin->create(nullptr, nullptr, &self, nullptr), DLRGW_OK);
  return *static_cast<std::uint32_t*>(self);
}

// What a reload stands on: the same file again is new code with new statics, and the old image goes on unharmed.
TEST_F(HandshakeTest, TwoLoadsOfOneFileShareNoState) {
  const auto first = load(file("inline_static"));
  ASSERT_TRUE(first) << first.error().text;
  EXPECT_EQ(create_calls(*first), 1u);
  EXPECT_EQ(create_calls(*first), 2u);
  const auto second = load(file("inline_static"));
  ASSERT_TRUE(second) << second.error().text;
  EXPECT_NE(first->plugin, second->plugin);
  EXPECT_EQ(create_calls(*second), 1u);
  EXPECT_EQ(create_calls(*first), 3u);
}

// Deploying with `cp` truncates the file that is loaded; a process that had it mapped would die of SIGBUS.
TEST_F(HandshakeTest, OverwritingTheOriginalInPlaceHarmsNothing) {
  const auto path = copy_of("inline_static");
  const auto loaded = load(path);
  ASSERT_TRUE(loaded) << loaded.error().text;
  std::ofstream(path, std::ios::trunc) << "not a plugin any more";
  EXPECT_EQ(create_calls(*loaded), 1u);
}

}  // namespace
}  // namespace dlrgw::host
