// SPDX-License-Identifier: Apache-2.0
// Each template of each language as an author meets it: the installed program makes the project, the commands that it
// prints and those of the project's README work as they stand there, and with what the README says of gateway.toml the
// plugin takes part in traffic.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "install/authors_project.hpp"
#include "install/install_support.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

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
  const std::string home_ = dir_.path() + "/home";
  const std::string project_ = home_ + "/mno-zeta";
  AdminKeys keys_;
};

TEST_P(Template, WorksAsPrintedAndServesTraffic) {
  ASSERT_TRUE(made());
  const AuthorsProject project({GetParam().kind, GetParam().lang}, project_, project_);
  const std::string steps = AuthorsProject::printed_steps(said_);
  ASSERT_THAT(steps, AllOf(HasSubstr("check-plugin"), HasSubstr(" try ")));
  ASSERT_TRUE(typed(steps, home_));
  EXPECT_THAT(said_, HasSubstr("100% tests passed"));
  EXPECT_THAT(said_, testing::Not(HasSubstr("No tests were found")));
  const std::string shell = project.block("sh");
  ASSERT_THAT(shell, AllOf(HasSubstr("check-plugin"), HasSubstr(" try ")));
  ASSERT_TRUE(typed(shell, project_));
  Scenario s(with_keys(keys_, project.config()));
  ASSERT_NO_FATAL_FAILURE(project.expect_serves(s, keys_));
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
