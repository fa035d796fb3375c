// A third party's plugin: the SDK is installed into a temporary prefix, the example is copied out of this tree and
// built there as a project of its own, and the gateway as it was built loads it.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

class InstalledSdk : public testing::Test {
 protected:
  testing::AssertionResult runs(const std::vector<std::string>& argv) {
    SpawnOptions options;
    options.argv = argv;
    options.stdout_path = dir_.path() + "/" + std::to_string(++commands_) + ".log";
    if (run_to_end(options, 180s) == 0) return testing::AssertionSuccess();
    return testing::AssertionFailure() << read_file(options.stdout_path);
  }
  testing::AssertionResult sdk_installed() {
    return runs({DLRGW_CMAKE, "--install", DLRGW_BUILD_DIR, "--prefix", prefix_, "--component", "sdk"});
  }
  testing::AssertionResult example_built(const std::string& name) {
    fs::copy(std::string(DLRGW_EXAMPLES_DIR) + "/" + name, example_);
    const auto configured =
        runs({DLRGW_CMAKE, "-S", example_, "-B", example_ + "/build", "-DCMAKE_PREFIX_PATH=" + prefix_,
              "-DCMAKE_CXX_COMPILER=" DLRGW_CXX, "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror"});
    return configured ? runs({DLRGW_CMAKE, "--build", example_ + "/build"}) : configured;
  }

  TempDir dir_;
  const std::string prefix_ = dir_.path() + "/prefix";
  const std::string example_ = dir_.path() + "/example";
  int commands_ = 0;
  AdminKeys keys_;
};

TEST_F(InstalledSdk, HoldsHeadersAndCMakeFilesAlone) {
  ASSERT_TRUE(sdk_installed());
  for (const auto& entry : fs::recursive_directory_iterator(prefix_)) {
    if (!entry.is_regular_file()) continue;
    const std::string file = fs::relative(entry.path(), prefix_).string();
    EXPECT_TRUE(file.starts_with("include/dlrgw/") || file.starts_with("lib/cmake/DlrGatewaySdk/")) << file;
  }
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
  ASSERT_TRUE(eventually(
      [&] {
        const auto lines = s.gateway().logs("acme.tally");
        return !lines.empty() && json_field(lines.back(), "tally") == tally.body;
      },
      10s));

  const std::string pipeline = admin(s.gateway(), keys_, "GET", "/v1/admin/pipeline").body;
  const std::string stage = part_of(pipeline, "stages", "acme.tally");
  EXPECT_EQ(json_field(stage, "plugin"), "com.acme.tally");
  EXPECT_EQ(json_field(json_field(stage, "verdicts"), "continue"), "30");
  const HttpReply off = admin(s.gateway(), keys_, "POST", "/v1/admin/plugins/com.acme.tally/disable");
  EXPECT_EQ(off.status, 200) << off.body;
  EXPECT_EQ(admin(s.gateway(), keys_, "GET", "/acme/tally").status, 404) << "its route left with it";
  const auto more = s.add_messages(10);
  s.publish(s.receipts_for(more, "DELIVRD"));
  ASSERT_TRUE(settles(s)) << "its stage left with it";
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace
}  // namespace dlrgw::test
