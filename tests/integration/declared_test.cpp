// SPDX-License-Identifier: Apache-2.0
// What a plugin declares is tried before it goes live: its statements by PostgreSQL, its routes by a router. A start, a
// reload and the checks refuse it with the same sentence, and what runs goes on.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

std::string config_with(const std::string& options) {
  return shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                          "/fixture_declares.so\"\ngrants = [\"sql\"]\n[plugins.options]\n" +
                                              options + "\n\n[pipeline]\n"}});
}

ScenarioOptions declaring(const std::string& options) {
  ScenarioOptions out;
  out.gateway.config_text = config_with(options);
  return out;
}

CliResult check(Scenario& s, bool connect) {
  std::vector<std::string> words{"check", "--config", s.gateway().config_path()};
  if (connect) words.insert(words.begin() + 1, "--connect");
  return s.gateway().run_cli(words);
}

std::string refused_start(Scenario& s) {
  s.gateway().start();
  EXPECT_EQ(s.gateway().wait_exit().value_or(-1), 1) << "it runs";
  return s.gateway().error_output();
}

TEST(Declared, AStatementThatIsWrongIsRefusedAtTheStartAtAReloadAndByTheCheck) {
  const std::string good = "statement = \"SELECT count(*) FROM dlr.late_dlrs\"";
  Scenario s(declaring(good));
  ASSERT_TRUE(started(s)) << s.gateway().error_output();
  const auto change = [&](const std::string& options) {
    std::ofstream(s.gateway().config_path(), std::ios::trunc) << config_with(options);
  };
  // Of the statement PostgreSQL shows a few characters behind the place.
  const struct {
    const char* statement;
    const char* sentence;
  } cases[] = {
      {"SELECT count(*) FORM dlr.late_dlrs", "syntax error at or near \"dlr\", at \"dlr.late_d"},
      {"SELECT nothing FROM dlr.late_dlrs", "column \"nothing\" does not exist, at \"nothing FR"},
      {"SELECT 1 FROM dlr.no_such_table", "relation \"dlr.no_such_table\" does not exist, at \"dlr.no_suc"},
  };
  for (const auto& one : cases) {
    change("statement = \"" + std::string(one.statement) + "\"");
    const CliResult reload = s.gateway().run_cli({"reload", "--state-dir", s.gateway().state_dir()});
    EXPECT_EQ(reload.exit_code, 1) << one.statement;
    EXPECT_THAT(reload.err, testing::AllOf(HasSubstr("plugin fixture.declares: "),
                                           HasSubstr("fixture.declares.asked: "), HasSubstr(one.sentence)));
    const CliResult checked = check(s, true);
    EXPECT_EQ(checked.exit_code, 1) << one.statement;
    EXPECT_THAT(checked.out, HasSubstr("FAIL  postgresql.statements.fixture.declares: "));
    EXPECT_THAT(checked.out, HasSubstr(one.sentence));
  }
  // What ran before goes on.
  const auto messages = s.add_messages(10);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  EXPECT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(s.gateway().terminate(), 0);
  EXPECT_THAT(refused_start(s), HasSubstr(cases[2].sentence));
}

std::string config_bringing(const std::string& fixture) {
  return shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR "/fixture_brings_" + fixture +
                                              ".so\"\ngrants = [\"sql\"]\n\n[pipeline]\n"}});
}

TEST(Declared, AReloadWithAMigrationThatWasNotAppliedOrHasAnotherTextIsRefused) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({});
  Scenario s(std::move(options));
  ASSERT_TRUE(started(s)) << s.gateway().error_output();
  const auto messages = s.add_messages(300);
  const Publisher traffic(s.nats(), s.receipts_for(messages, "DELIVRD"), 100);
  const auto reload_with = [&](const std::string& fixture) {
    std::ofstream(s.gateway().config_path(), std::ios::trunc) << config_bringing(fixture);
    return s.gateway().run_cli({"reload", "--state-dir", s.gateway().state_dir()});
  };
  const auto expect_refused = [&](const CliResult& reload, const std::string& sentence) {
    EXPECT_EQ(reload.exit_code, 1) << reload.out;
    EXPECT_THAT(reload.err, HasSubstr(sentence));
    const CliResult checked = check(s, true);
    EXPECT_EQ(checked.exit_code, 1);
    EXPECT_THAT(checked.out, HasSubstr(sentence));
    EXPECT_EQ(s.gateway().get("/ready").status, 200) << "what runs goes on";
  };
  expect_refused(reload_with("good"),
                 "the database is behind plugin fixture.brings 1.0.0: fixture.brings: tables/010_brought.sql was not "
                 "applied to it; run dlr-gateway migrate");
  s.gateway().migrate();
  EXPECT_EQ(reload_with("good").exit_code, 0);
  expect_refused(reload_with("open_to_all"),
                 "the database was made by another build than plugin fixture.brings 1.0.0: fixture.brings: "
                 "tables/010_brought.sql has another text there");
  ASSERT_TRUE(traffic.wait());
  EXPECT_TRUE(settles(s));
  expect_each_once(s, messages);
}

// A table of another service may be renamed and named back: that holds receipts and refuses nothing.
TEST(Declared, WhatAnotherServiceOwnsIsNotThePluginsFault) {
  Scenario s(declaring("statement = \"SELECT gone FROM orch.sms_messages\""));
  EXPECT_TRUE(started(s)) << s.gateway().error_output();
}

TEST(Declared, RightsOnTablesAreGrantedAndShown) {
  ScenarioOptions options;
  options.gateway.config_text =
      shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                       "/fixture_brings_good.so\"\ngrants = [\"sql\"]\n\n[pipeline]\n"}});
  Scenario s(std::move(options));
  ASSERT_TRUE(started(s)) << s.gateway().error_output();
  const CliResult listed = s.gateway().run_cli({"plugins", "--config", s.gateway().config_path()});
  EXPECT_THAT(listed.out, HasSubstr("    table dlr.fixture_brought: dlr_svc SELECT, INSERT; dlr_maint nothing\n"));
  EXPECT_THAT(listed.out, HasSubstr("    tables: not declared; dlr_svc SELECT, INSERT and what its scripts grant\n"));
  EXPECT_EQ(s.postgres().value("SELECT has_table_privilege('dlr_svc', 'dlr.fixture_brought', 'UPDATE')"), "f");
}

TEST(Declared, ARouteThatAReloadRefusesIsFoundByTheCheck) {
  Scenario s(declaring("route = \"/live\""));
  const std::string sentence = "plugin fixture.declares: route GET /live: already taken by /live";
  const CliResult checked = check(s, false);
  EXPECT_EQ(checked.exit_code, 1) << checked.out;
  EXPECT_THAT(checked.err, MatchesRegex("(.|\n)*gateway\\.toml:[0-9]+:[0-9]+: (.|\n)*" + sentence + "(.|\n)*"));
  EXPECT_THAT(refused_start(s), HasSubstr(sentence));
}

}  // namespace
}  // namespace dlrgw::test
