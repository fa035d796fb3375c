// SPDX-License-Identifier: Apache-2.0
#include "cli/describe_commands.hpp"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using testing::HasSubstr;
using testing::Not;

class DescribeCommands : public ::testing::Test {
 protected:
  DescribeCommands() {
    app_.add_subcommand("run", "Runs until SIGTERM.")->add_option("--config", file_, "The operator's file");
    CLI::App* check = app_.add_subcommand("check", ".hidden: looks");
    check->add_flag("--keys", keys_, "Only keys");
    check->add_option("file", file_, "A file");
    CLI::App* box = app_.add_subcommand("box", "Looks inside");
    CLI::App* list = box->add_subcommand("list", "Each thing");
    list->add_option("--limit", file_, "So many");
    box->add_subcommand("show", "One thing");
  }
  CLI::App app_{"A gateway"};
  std::string file_;
  bool keys_ = false;
};

TEST_F(DescribeCommands, AManualPageNamesEveryCommandAndOption) {
  const std::string page = man_page(app_, "1.2.3");
  EXPECT_THAT(page, HasSubstr(".TH DLR\\-GATEWAY 1 \"\" \"dlr\\-gateway 1.2.3\""));
  EXPECT_THAT(page, HasSubstr(".SS run\nRuns until SIGTERM.\n.TP\n\\fB\\-\\-config\\fR\nThe operator's file\n"));
  EXPECT_THAT(page, HasSubstr(".SS check\n\\&.hidden: looks\n")) << "a text that begins with a dot is no request";
  EXPECT_THAT(page, Not(HasSubstr("help")));
}

TEST_F(DescribeCommands, ShellsCompleteCommandsAndTheirOptions) {
  EXPECT_THAT(completion(app_, "bash").value(), HasSubstr("'') words='run check box --help --version' ;;"));
  EXPECT_THAT(completion(app_, "bash").value(), HasSubstr("check) words='--help --keys' ;;"));
  EXPECT_THAT(completion(app_, "zsh").value(), HasSubstr("'check:.hidden: looks'"));
  EXPECT_THAT(completion(app_, "zsh").value(), HasSubstr("'--config:value:_files'"));
  EXPECT_THAT(completion(app_, "fish").value(),
              HasSubstr("'__fish_seen_subcommand_from run' -l config -r -d 'The operator'\\''s file'"));
  EXPECT_THAT(completion(app_, "fish").value(), HasSubstr("-l keys -d 'Only keys'"));
  EXPECT_EQ(completion(app_, "tcsh"), std::nullopt);
}

TEST_F(DescribeCommands, PartsOfACommandAndTheirOptionsAreToldToo) {
  EXPECT_THAT(
      man_page(app_, "1"),
      HasSubstr(".SS box\nLooks inside\n.SS box list\nEach thing\n.TP\n\\fB\\-\\-limit\\fR\nSo many\n.SS box show\n"));
  EXPECT_THAT(completion(app_, "bash").value(), HasSubstr("box) words='--help --limit list show' ;;"));
  EXPECT_THAT(completion(app_, "zsh").value(), HasSubstr("'--limit:value:_files'"));
  EXPECT_THAT(completion(app_, "fish").value(), HasSubstr("'__fish_seen_subcommand_from box' -l limit -r"));
}

}  // namespace
}  // namespace dlrgw::host
