// SPDX-License-Identifier: Apache-2.0
// A reload that would bring a second owner of something that has one: refused before the swap with a sentence that
// names both, while what runs takes its traffic.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t kReceipts = 1'000;
constexpr std::size_t kPerSecond = 200;

std::string plugin(const std::string& name, const std::string& options) {
  return "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR "/fixture_" + name + ".so\"\n" +
         (options.empty() ? "" : "[plugins.options]\n" + options) + "\n";
}

// one contributes all that there is, second is what comes beside it.
std::string config_with(const std::string& second, const std::string& its_stage = {}) {
  const std::string one =
      plugin("collides_one",
             "route = \"/fixture/one\"\njob = \"fixture.job\"\nmetric = \"fixture_total\"\nlabel = \"a\"\n"
             "operator = \"mno-test\"\nprovides = \"fixture.fact\"\n");
  return shipped_config(
      {{"[pipeline]\n", one + second + "[pipeline]\n"},
       {"\"correlate\", \"dedup.replay\"", "\"correlate\", " + its_stage + "\"fixture.one\", \"dedup.replay\""}});
}

struct Case {
  std::string second, its_stage, sentence;
};

std::vector<Case> collisions() {
  const auto two = [](const std::string& options) { return plugin("collides_two", options); };
  return {
      {two("route = \"/fixture/one\"\n"), "",
       "plugin fixture.two: route GET /fixture/one: already taken by /fixture/one of plugin fixture.one\n"},
      {two("job = \"fixture.job\"\n"), "",
       "job \"fixture.job\" is contributed by both plugin fixture.one and plugin fixture.two; disable one of them\n"},
      {two("job = \"host.held\"\n"), "",
       "job \"host.held\" is contributed by both plugin host and plugin fixture.two; disable one of them\n"},
      {two("metric = \"fixture_total\"\nlabel = \"b\"\n"), "",
       "metric fixture_total is already defined by plugin fixture.one as counter {a}; plugin fixture.two wants counter "
       "{b}; use the same shape or another name\n"},
      {two("metric = \"dlr_received_total\"\nlabel = \"b\"\n"), "",
       "metric dlr_received_total is already defined by the gateway as counter {operatorId}; plugin fixture.two wants "
       "counter {b}; use the same shape or another name\n"},
      {two("operator = \"mno-test\"\n"), "",
       "the quirk of operator \"mno-test\" is contributed by both plugin fixture.one and plugin fixture.two; disable "
       "one of them\n"},
      {two("needs = \"fixture.fact\"\n"), "\"fixture.two\", ",
       "stage \"fixture.two\" of plugin fixture.two needs \"fixture.fact\", which no enabled stage before it provides; "
       "stage \"fixture.one\" of plugin fixture.one provides it: put it before\n"},
      {plugin("hanging_sink", ""), "",
       "exactly one sink must be active, 2 are registered (outbox, fixture.sink); load one plugin that contributes a "
       "sink\n"},
  };
}

TEST(Collision, AtAReloadNamesBothOwnersAndWhatRunsGoesOn) {
  ScenarioOptions options;
  options.gateway.config_text = config_with("");
  Scenario s(std::move(options));
  ASSERT_TRUE(started(s)) << s.gateway().error_output();
  const auto messages = s.add_messages(kReceipts);
  Publisher publisher(s.nats(), final_receipts(s, messages), kPerSecond);
  const auto reload = [&](const std::string& config) {
    std::ofstream(s.gateway().config_path(), std::ios::trunc) << config;
    return s.gateway().run_cli({"reload", "--state-dir", s.gateway().state_dir()});
  };
  for (const Case& one : collisions()) {
    const CliResult refused = reload(config_with(one.second, one.its_stage));
    EXPECT_EQ(refused.exit_code, 1) << one.sentence << refused.out;
    EXPECT_THAT(refused.err, HasSubstr(one.sentence));
    EXPECT_EQ(s.gateway().get("/fixture/one").body, "fixture.one");
  }
  // Each of its own is welcome: it is the collision that was refused.
  const CliResult done = reload(config_with(plugin("collides_two",
                                                   "route = \"/fixture/two\"\njob = \"fixture.other\"\noperator = "
                                                   "\"mno-other\"\nmetric = \"fixture_total\"\nlabel = \"a\"\n")));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("generation 2 runs\n")) << "of those that were refused none was swapped in";
  EXPECT_EQ(s.gateway().get("/fixture/two").body, "fixture.two");
  ASSERT_TRUE(publisher.wait());
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace
}  // namespace dlrgw::test
