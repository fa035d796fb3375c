// SPDX-License-Identifier: Apache-2.0
// A plugin that cannot be used ends the start with one sentence that names it.
#include <filesystem>

#include "integration/refused_fixture.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;

using BadPlugin = Refused;

TEST_F(BadPlugin, IsRefusedWithOneSentenceThatNamesIt) {
  struct Case {
    std::string file;
    std::vector<std::string> says;
    std::string grants = "";
  };
  const Case cases[] = {
    {"dlrgw_absent.so", {"dlrgw_absent.so", "was not found", "searched"}},
    {"/absent/dlrgw_acme.so", {"/absent/dlrgw_acme.so", "does not exist"}},
    {fixture("no_entry"), {"does not export dlrgw_plugin_entry_v1"}},
    {fixture("unique_symbol"), {"unique"}},
    {fixture("missing_library"), {"absent"}},
    {fixture("wrong_major"), {"is built for SDK", "this host offers 1.1"}},
    {fixture("minor_too_new"), {"fixture.minor-too-new", "needs SDK 1.999", "this host offers 1.1"}},
    {fixture("service_not_offered"), {"fixture.service-not-offered", "needs dlrgw.sql/999", "dlrgw.sql/1"}},
    {fixture("service_not_granted"), {"fixture.service-not-granted", "not granted"}},
    {fixture("verdict_stage"), {"fixture.verdict", "brings SQL for the database", "add \"sql\" to its grants"}},
    {fixture("fails_create"), {"fixture.fails-create", "no licence file"}},
    {fixture("throws_in_create"), {"fixture.throws-in-create", "threw"}},
    {fixture("null_entry"), {"returned NULL"}},
    {fixture("short_struct"), {"too short"}},
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    {fixture("asan_none"), {"the run time of a sanitizer", "LD_PRELOAD="}},
#endif
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.file);
    const std::string config = with_plugin(c.file, c.grants);
    const std::string sentence = only_sentence(config);
    const std::string place = position(config, "\"" + c.file + "\"");
    EXPECT_TRUE(sentence.starts_with(dir_.path() + "/gateway.toml:" + place.substr(0, place.find(':') + 1)) ||
                sentence.starts_with(dir_.path() + "/gateway.toml:" + std::to_string(std::stoi(place) - 1) + ":"))
        << sentence;
    for (const std::string& words : c.says) EXPECT_NE(sentence.find(words), std::string::npos) << sentence;
    if (c.file.starts_with('/')) {
      EXPECT_NE(sentence.find(c.file), std::string::npos) << "names the path: " << sentence;
    }
    expect_same_from_check(config, sentence);
  }
}

// What a plugin refuses in its own options: everything at once, with the place of each.
TEST_F(BadPlugin, ThatRefusesItsOptionsTellsWhichAndWhere) {
  const std::string mode = "mode = \"odd\"\n";
  const std::string names = "names = { first = \"a\", second = \"b\" }\n";
  const std::string config =
      shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" + fixture("refuses_options") +
                                           "\"\n[plugins.options]\n" + mode + names + "\n[pipeline]\n"}});
  const std::string file = dir_.path() + "/gateway.toml:";
  for (const char* name : {"check", "run"}) {
    const CliResult result = command(name, config);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.err, file + position(config, "\"odd\"") + ": plugins.options.mode: is no mode\n" + file +
                              position(config, "second =") +
                              ": plugins.options.names.second: is nobody; use somebody\n");
  }
}

TEST_F(BadPlugin, OfAnotherMachineOrNoLibraryAtAll) {
  std::string bytes = read_file(fixture("good"));
  bytes[18] = static_cast<char>(0xF3);  // e_machine: RISC-V
  bytes[19] = 0;
  const std::string foreign = dir_.write_file("foreign.so", bytes);
  const std::string sentence = only_sentence(with_plugin(foreign));
  EXPECT_NE(sentence.find(foreign), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("is built for riscv"), std::string::npos) << sentence;
  const std::string text = dir_.write_file("text.so", "not a library");
  EXPECT_NE(only_sentence(with_plugin(text)).find("is not an ELF shared library"), std::string::npos);
  const std::string cut = dir_.write_file("cut.so", read_file(fixture("good")).substr(0, 700));
  EXPECT_NE(only_sentence(with_plugin(cut)).find("cut off"), std::string::npos);
}

TEST_F(BadPlugin, ThatCannotBeActivatedStopsTheStart) {
  const std::string config =
      shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" + fixture("fails_activate") + "\"\n\n[pipeline]\n"},
                      {"stages = [\"normalise\"", "stages = [\"fixture.fails-activate\", \"normalise\""}});
  const std::string sentence = only_sentence(config);
  for (const char* words : {"fixture.fails-activate", "no licence server", "lane 7"})
    EXPECT_NE(sentence.find(words), std::string::npos) << sentence;
}

TEST_F(BadPlugin, AFileThatWasRemovedIsNamed) {
  for (const char* removed : {"dlrgw_normalise.so", "dlrgw_dedup.so", "dlrgw_correlate.so", "dlrgw_segments.so",
                              "dlrgw_outbox.so", "dlrgw_admin_http.so"}) {
    SCOPED_TRACE(removed);
    const std::string plugins = dir_.make_dir(std::string("without-") + removed);
    for (const auto& file : fs::directory_iterator(DLRGW_PLUGINS_DIR))
      if (file.path().extension() == ".so" && file.path().filename() != removed)
        fs::copy_file(file.path(), fs::path(plugins) / file.path().filename());
    env_["DLRGW_PLUGIN_DIR"] = plugins;
    const std::string sentence = only_sentence(shipped_config({}));
    EXPECT_NE(sentence.find(removed), std::string::npos) << sentence;
    EXPECT_NE(sentence.find(plugins), std::string::npos) << sentence;
  }
}

}  // namespace
}  // namespace dlrgw::test
