// SPDX-License-Identifier: Apache-2.0
// A third party's plugins: the SDK is installed into a temporary prefix, the examples are copied out of this tree and
// built there as projects of their own, with nothing else on the include path, and the gateway as it was built loads
// them.
#include <filesystem>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "install/install_support.hpp"
#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class InstalledSdk : public Installed {
 protected:
  testing::AssertionResult sdk_installed() { return installed("sdk"); }
  testing::AssertionResult example_built(const std::string& name) {
    fs::copy(std::string(DLRGW_EXAMPLES_DIR) + "/" + name, example_, fs::copy_options::recursive);
    return project_built(example_);
  }
  // Configured, built, and its own tests run.
  testing::AssertionResult project_built(const std::string& dir, const std::string& cxx = DLRGW_CXX,
                                         const std::string& flags = {}) {
    const std::string warnings = "-Wall -Wextra -Wpedantic -Werror";
    auto done = runs({DLRGW_CMAKE, "-S", dir, "-B", dir + "/build", "-DCMAKE_PREFIX_PATH=" + prefix_,
                      "-DCMAKE_CXX_COMPILER=" + cxx, "-DCMAKE_CXX_FLAGS=" + warnings + flags,
                      "-DCMAKE_C_FLAGS=" + warnings, "-DCMAKE_BUILD_TYPE=Debug"});
    if (done) done = runs({DLRGW_CMAKE, "--build", dir + "/build"});
    return done ? runs({DLRGW_CTEST, "--test-dir", dir + "/build", "--output-on-failure"}) : done;
  }

  const std::string example_ = dir_.path() + "/example";
  AdminKeys keys_;
};

TEST_F(InstalledSdk, HoldsWhatAuthorsNeedAndNothingOfTheGateway) {
  ASSERT_TRUE(sdk_installed());
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(prefix_)) {
    if (!entry.is_regular_file()) continue;
    const std::string file = fs::relative(entry.path(), prefix_).string();
    EXPECT_TRUE(file.starts_with("include/dlrgw/") || file.starts_with("lib/cmake/DlrGatewaySdk/") ||
                file.starts_with("share/dlr-gateway/templates/") || file.starts_with("share/doc/dlr-gateway/sdk/") ||
                file == "share/pkgconfig/dlr-gateway-sdk.pc")
        << file;
    ++files;
  }
  EXPECT_GT(files, 40U);
}

std::size_t own_lines(const std::string& text) {
  std::istringstream in(text);
  std::size_t lines = 0;
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find_first_not_of(' ');
    if (first != std::string::npos && line.compare(first, 2, "//") != 0) ++lines;
  }
  return lines;
}

// The two lines of ABI.md for whoever builds with something else than CMake.
TEST_F(InstalledSdk, BuildsPluginsWithACompilerAndPkgConfigAlone) {
  ASSERT_TRUE(sdk_installed());
  const std::string page = read_file(prefix_ + "/share/doc/dlr-gateway/sdk/ABI.md");
  const auto block = page.find("```sh\ncc ");
  ASSERT_NE(block, std::string::npos);
  const std::string commands = page.substr(block + 6, page.find("```", block + 6) - block - 6);
  ASSERT_THAT(commands, HasSubstr("$(pkg-config --cflags dlr-gateway-sdk)"));
  fs::create_directory(example_);
  fs::copy(std::string(DLRGW_EXAMPLES_DIR) + "/quirk-c/mno_acme.c", example_ + "/mno_acme.c");
  fs::copy(std::string(DLRGW_EXAMPLES_DIR) + "/quirk-cpp/mno_acme.cpp", example_ + "/mno_zeta.cpp");
  ASSERT_TRUE(runs({"sh", "-c", "cd \"$0\" && PKG_CONFIG_PATH=\"$1\" && export PKG_CONFIG_PATH && set -e\n" + commands,
                    example_, prefix_ + "/share/pkgconfig"}));
  for (const char* plugin : {"/mno_acme.so", "/mno_zeta.so"}) {
    ASSERT_TRUE(runs({DLRGW_BINARY, "check-plugin", example_ + plugin}));
    EXPECT_THAT(said_, Not(HasSubstr("exports"))) << "as tidy as one that CMake built";
  }
  ASSERT_TRUE(runs(
      {"env", "PKG_CONFIG_PATH=" + prefix_ + "/share/pkgconfig", "pkg-config", "--modversion", "dlr-gateway-sdk"}));
  EXPECT_EQ(said_, DLRGW_SDK_VERSION "\n");
}

TEST_F(InstalledSdk, AQuirkInCppIsFifteenLines) {
  EXPECT_LE(own_lines(read_file(std::string(DLRGW_EXAMPLES_DIR) + "/quirk-cpp/mno_acme.cpp")), 15U);
}

TEST_F(InstalledSdk, BuildsTheCarriersAndTheirGoldenFilesPass) {
  ASSERT_TRUE(sdk_installed());
  ASSERT_TRUE(example_built("carriers"));
}

TEST_F(InstalledSdk, BuildsAStageWithSqlWhoseRowsFollowTheVerdicts) {
  ASSERT_TRUE(sdk_installed());
  ASSERT_TRUE(example_built("stage-sql"));
  const std::string plugin = example_ + "/build/acme_seen.so";
  Scenario s(with_keys(
      keys_, shipped_config(
                 {{"[pipeline]\n", "[[plugins]]\nfile = \"" + plugin + "\"\ngrants = [\"sql\"]\n\n[pipeline]\n"},
                  {"\"normalise\", \"dedup.fingerprint\"", "\"normalise\", \"acme.seen\", \"dedup.fingerprint\""}})));
  s.postgres().exec("INSERT INTO dlr.acme_seen_muted VALUES ('mno-muted')");
  ASSERT_TRUE(started(s));
  const auto heard = s.add_messages(10);
  const auto muted = s.add_messages(5, "mno-muted");
  s.publish(s.receipts_for(heard, "DELIVRD"));
  s.publish(s.receipts_for(muted, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, heard);
  EXPECT_EQ(s.count_rows("dlr.acme_seen"), 15) << "a dropped receipt keeps its rows";
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 10);
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 10}, {"dropped", 5}}));
}

TEST_F(InstalledSdk, BuildsAPluginWhoseStageRouteAndJobWork) {
  ASSERT_TRUE(sdk_installed());
  ASSERT_TRUE(example_built("stage-route-job"));
  const std::string plugin = example_ + "/build/acme_tally.so";
  Scenario s(with_keys(
      keys_, shipped_config(
                 {{"[pipeline]\n",
                   "[[plugins]]\nfile = \"" + plugin + "\"\n[plugins.options]\nreport_every = \"1s\"\n\n[pipeline]\n"},
                  {"\"normalise\", \"dedup.fingerprint\"", "\"normalise\", \"acme.tally\", \"dedup.fingerprint\""}})));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(30);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);

  const HttpReply tally = admin(s.gateway(), keys_, "GET", "/acme/tally");
  EXPECT_EQ(tally.status, 200) << tally.body;
  std::int64_t seen = 0;
  for (const char* status : {"DELIVERED", "FAILED", "UNDELIVERED", "EXPIRED", "REJECTED"})
    seen += std::stoll(json_field(tally.body, status));
  EXPECT_EQ(seen, 30) << tally.body;
  EXPECT_EQ(s.gateway().admin_get("/acme/tally").status, 401);
  EXPECT_EQ(s.gateway().get("/acme/tally").status, 404) << "not on the public listener";
  ASSERT_TRUE(eventually([&] {
    const auto lines = s.gateway().logs("acme.tally");
    return !lines.empty() && json_field(lines.back(), "tally") == tally.body;
  }));

  const std::string pipeline = admin(s.gateway(), keys_, "GET", "/v1/admin/pipeline").body;
  const std::string stage = part_of(pipeline, "stages", "acme.tally");
  EXPECT_EQ(json_field(stage, "plugin"), "acme-tally");
  EXPECT_EQ(json_field(json_field(stage, "verdicts"), "continue"), "30");
  const HttpReply off = admin(s.gateway(), keys_, "POST", "/v1/admin/plugins/acme-tally/disable");
  EXPECT_EQ(off.status, 200) << off.body;
  EXPECT_EQ(admin(s.gateway(), keys_, "GET", "/acme/tally").status, 404) << "its route left with it";
  const auto more = s.add_messages(10);
  s.publish(s.receipts_for(more, "DELIVRD"));
  ASSERT_TRUE(settles(s)) << "its stage left with it";
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace
}  // namespace dlrgw::test
