// SPDX-License-Identifier: Apache-2.0
// Each template of each language as an author meets it: the installed program makes the project, the commands that it
// prints and those of the project's README work as they stand there, and with what the README says of gateway.toml the
// plugin takes part in traffic.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "install/install_support.hpp"
#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using Numbers = std::map<std::string, std::int64_t>;

struct Project {
  std::string kind, lang;
  std::string compiler = {};  // of C++; empty: that of this build
  std::string flags = {};
};

void PrintTo(const Project& project, std::ostream* out) {
  *out << "a " << project.kind << " in " << project.lang << " " << project.compiler;
}

class Template : public Installed, public testing::WithParamInterface<Project> {
 protected:
  void SetUp() override {
    for (const char* component : {"gateway", "plugins", "sdk"}) ASSERT_TRUE(installed(component));
    fs::create_directory(home_);
  }
  // In a shell of somebody who has just installed everything: nothing of this build is in the environment.
  testing::AssertionResult typed(const std::string& commands, const std::string& folder) {
    const std::string warnings = "-Wall -Wextra -Wpedantic -Werror";
    std::vector<std::string> env{"CFLAGS=" + warnings, "CXXFLAGS=" + warnings + GetParam().flags,
                                 "CXX=" + (GetParam().compiler.empty() ? DLRGW_CXX : GetParam().compiler)};
    for (const char* name : {"HOME", "RUSTUP_HOME", "CARGO_HOME", "TMPDIR"})  // where this machine keeps its compilers
      if (const char* value = std::getenv(name)) env.push_back(std::string(name) + "=" + value);
    const char* path = std::getenv("PATH");
    env.push_back("PATH=" + prefix_ + "/bin:" + (path == nullptr ? "/usr/bin:/bin" : path));
    return runs({"sh", "-c", "cd \"$0\" && set -e\n" + commands, folder}, env);
  }
  testing::AssertionResult made() {
    return typed("dlr-gateway new-plugin mno-zeta --kind " + GetParam().kind + " --lang " + GetParam().lang, home_);
  }
  // The indented lines of what new-plugin said.
  std::string printed_steps() const {
    std::istringstream in(said_);
    std::string steps;
    for (std::string line; std::getline(in, line);)
      if (line.starts_with("  ")) steps += line + "\n";
    return steps;
  }
  // The one block of that language.
  std::string block(const std::string& language) const {
    const std::string page = read_file(project_ + "/README.md"), fence = "```" + language + "\n";
    const auto begin = page.find(fence);
    if (begin == std::string::npos) return {};
    const auto from = begin + fence.size();
    return page.substr(from, page.find("```", from) - from);
  }
  // The shipped configuration with what the README says: tables of plugins, and perhaps the chain.
  std::string config() const {
    std::string toml = block("toml"), stages = "[pipeline]\n";
    for (const char* folder : {"\"/opt/plugins/", "\"/opt/acme/"})
      if (const auto at = toml.find(folder); at != std::string::npos)
        toml.replace(at, std::string(folder).size(), "\"" + project_ + "/build/");
    std::vector<std::pair<std::string, std::string>> changes;
    if (const auto chain = toml.find("[pipeline]\n"); chain != std::string::npos) {
      const std::string line = toml.substr(toml.find("stages = "));
      toml.resize(chain);
      changes.emplace_back(kShippedChain, line.substr(0, line.find('\n')));
    }
    changes.insert(changes.begin(), {"[pipeline]\n", toml + "\n[pipeline]\n"});
    return shipped_config(changes);
  }
  static constexpr const char* kShippedChain =
      R"(stages = ["normalise", "dedup.fingerprint", "correlate", "dedup.replay", "segments", "outbox"])";

  const std::string home_ = dir_.path() + "/home";
  const std::string project_ = home_ + "/mno-zeta";
  AdminKeys keys_;
};

TEST_P(Template, WorksAsPrintedAndServesTraffic) {
  ASSERT_TRUE(made());
  const std::string steps = printed_steps();
  ASSERT_THAT(steps, AllOf(HasSubstr("check-plugin"), HasSubstr(" try ")));
  ASSERT_TRUE(typed(steps, home_));
  EXPECT_THAT(said_, HasSubstr("100% tests passed"));
  EXPECT_THAT(said_, testing::Not(HasSubstr("No tests were found")));
  const std::string shell = block("sh");
  ASSERT_THAT(shell, AllOf(HasSubstr("check-plugin"), HasSubstr(" try ")));
  ASSERT_TRUE(typed(shell, project_));

  const std::string& kind = GetParam().kind;
  Scenario s(with_keys(keys_, config()));
  const bool with_sql = kind == "stage" && GetParam().lang == "cpp";
  if (with_sql) s.postgres().exec("INSERT INTO dlr.mno_zeta_muted VALUES ('mno-muted')");
  ASSERT_TRUE(started(s));
  const auto heard = s.add_messages(12, "mno-zeta");
  auto receipts = s.receipts_for(heard, kind == "quirk" ? "ZUGESTELLT" : "DELIVRD");
  if (kind == "quirk")
    for (Receipt& receipt : receipts) receipt.operator_message_id += "-FRA";
  s.publish(receipts);
  if (kind == "stage") s.publish(s.receipts_for(s.add_messages(5, "mno-muted"), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, heard);
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 12);
  if (kind == "quirk") {
    EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE plugin = 'mno-zeta' AND "
                                 "plugin_version = '1.0.0'"),
              12);
  } else if (kind == "stage") {
    EXPECT_EQ(s.count_by_outcome(), (Numbers{{"applied", 12}, {"dropped", 5}}));
    if (with_sql) {
      EXPECT_EQ(s.count_rows("dlr.mno_zeta"), 17);
    }
  } else {
    const HttpReply tally = admin(s.gateway(), keys_, "GET", "/mno/zeta");
    EXPECT_EQ(tally.status, 200);
    EXPECT_EQ(tally.body, R"({"DELIVERED":12})");
  }
  EXPECT_EQ(s.gateway().terminate(), 0);
}

INSTANTIATE_TEST_SUITE_P(Each, Template,
                         testing::Values(Project{"quirk", "cpp"}, Project{"quirk", "c"}, Project{"quirk", "rust"},
                                         Project{"stage", "cpp"}, Project{"stage", "c"}, Project{"stage", "rust"},
                                         Project{"route-job", "cpp"}, Project{"route-job", "c"}),
                         [](const auto& project) {
                           std::string name = project.param.kind + "_" + project.param.lang;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });
INSTANTIATE_TEST_SUITE_P(WithLibcxx, Template, testing::Values(Project{"quirk", "cpp", "clang++", " -stdlib=libc++"}));

}  // namespace
}  // namespace dlrgw::test
