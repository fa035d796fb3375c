// SPDX-License-Identifier: Apache-2.0
#include "cli/new_plugin.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "cli/testing/scratch_dir.hpp"

namespace dlrgw::host {
namespace {

namespace fs = std::filesystem;

class NewPluginTest : public ::testing::Test {
 protected:
  Result<std::string> make(const std::string& name, const std::string& kind = "quirk",
                           const std::string& lang = "cpp") {
    return new_plugin({name, kind, lang, fs::path(dir_.path()) / name}, DLRGW_TEMPLATES_DIR, {"dlr-gateway", {}});
  }
  std::string refusal(const std::string& name, const std::string& kind = "quirk", const std::string& lang = "cpp") {
    const auto made = make(name, kind, lang);
    return made ? "was made" : made.error().text;
  }
  ScratchDir dir_;
};

TEST_F(NewPluginTest, EverySpellingIsRenamed) {
  EXPECT_EQ(renamed("acme-tally acme_tally AcmeTally acme.tally /acme/tally", "acme-tally", "x-of-2"),
            "x-of-2 x_of_2 XOf2 x.of.2 /x/of/2");
}

TEST_F(NewPluginTest, NothingOfTheTemplateIsLeft) {
  const std::pair<std::string, std::string> all[] = {{"quirk", "cpp"},     {"quirk", "c"},    {"quirk", "rust"},
                                                     {"stage", "cpp"},     {"stage", "c"},    {"stage", "rust"},
                                                     {"route-job", "cpp"}, {"route-job", "c"}};
  for (const auto& [kind, lang] : all) {
    const std::string name = "zz-" + kind + "-" + lang;
    const auto made = make(name, kind, lang);
    ASSERT_TRUE(made) << made.error().text;
    EXPECT_NE(made->find("check-plugin"), std::string::npos);
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(dir_.path()) / name)) {
      if (!entry.is_regular_file()) continue;
      ++files;
      std::ifstream in(entry.path());
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      for (const char* left : {"mno-acme", "mno_acme", "MnoAcme", "acme_tally", "acme-tally", "acme_seen", "acme.seen",
                               "acme-mute", "acme.mute", "AcmeMute"}) {
        EXPECT_EQ(text.find(left), std::string::npos) << entry.path() << " holds " << left;
        EXPECT_EQ(entry.path().string().find(left), std::string::npos) << entry.path();
      }
    }
    EXPECT_GE(files, 3U);
  }
}

TEST_F(NewPluginTest, StepsAreWordsOfAShell) {
  const std::string into = dir_.path() + "/it's mine";
  const auto made = new_plugin({"mno-zeta", "quirk", "c", into}, DLRGW_TEMPLATES_DIR, {"/opt/my gateway", "/opt"});
  ASSERT_TRUE(made) << made.error().text;
  const std::string dir = "'" + dir_.path() + "/it'\\''s mine";
  EXPECT_EQ(*made, into + " is a quirk in c. Next:\n  cmake -S " + dir + "' -B " + dir +
                       "/build' -DCMAKE_PREFIX_PATH=/opt\n  cmake --build " + dir + "/build'\n  ctest --test-dir " +
                       dir + "/build' --output-on-failure\n  '/opt/my gateway' check-plugin " + dir +
                       "/build/mno_zeta.so'\n  '/opt/my gateway' try " + dir + "/build/mno_zeta.so' --receipt " + dir +
                       "/receipts.jsonl'\nHow it goes live: " + into + "/README.md\n");
}

TEST_F(NewPluginTest, RefusalsSayWhatToDo) {
  EXPECT_EQ(refusal("Acme"),
            "\"Acme\" is not a name like mno-acme: a letter, then letters, digits and single dashes, at most 48");
  for (const char* bad : {"", "a--b", "-a", "a-", "../x", "a b", "1a"})
    EXPECT_NE(refusal(bad).find("is not a name"), std::string::npos) << bad;
  EXPECT_EQ(
      refusal("a", "route-job", "rust"),
      "there is no template of a route-job in rust; there are: quirk in cpp, quirk in c, quirk in rust, stage in cpp, "
      "stage in c, stage in rust, route-job in cpp, route-job in c");
  ASSERT_TRUE(make("twice"));
  EXPECT_EQ(refusal("twice"),
            dir_.path() + "/twice exists already; choose another name, or another folder with --into");
  const auto missing = new_plugin({"a", "quirk", "cpp", dir_.path() + "/a"}, "/nowhere", {"dlr-gateway", {}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().text, "/nowhere/quirk-cpp: the template is not installed; install the component sdk");
}

}  // namespace
}  // namespace dlrgw::host
