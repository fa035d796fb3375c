// SPDX-License-Identifier: Apache-2.0
// A gateway that is configured wrongly says everything that is wrong and starts nothing: no listener, no connection, no
// receipt taken.
#include <filesystem>

#include "integration/refused_fixture.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;

using BadConfig = Refused;

TEST_F(BadConfig, EveryErrorIsPrintedWithItsPosition) {
  const std::string config = shipped_config({
      {"max_concurrency = 10", "max_concurrency = 65"},
      {"batch_max = 256", "batch_max = \"many\""},
      {"max_retries = 20", "max_retrys = 20"},
      {"window = \"96h\"", "window = \"96 hours\""},
      {"retry_delay = \"3s\"", "retry_delai = \"3s\""},
      {"log_level = \"${LOG_LEVEL:-info}\"", "log_level = \"loud\""},
      {"[http]\n", "[htpp]\nx = 1\n[http]\n"},
      // Of the right type; the plugins refuse them.
      {"grace = \"24h\"", "grace = \"0s\""},
      {"hot_days = 30", "hot_days = -1"},
      {"fingerprint_ttl = \"24h\"", "fingerprint_ttl = \"1s\""},
  });
  const std::vector<std::string> in_file = {
      "max_concurrency = 65", "batch_max = \"many\"", "max_retrys", "log_level = \"loud\"", "[htpp]",
      // in the plugins' parts
      "window = \"96 hours\"", "retry_delai", "grace = \"0s\"", "hot_days = -1", "fingerprint_ttl = \"1s\""};
  for (const char* name : {"check", "run"}) {
    SCOPED_TRACE(name);
    const CliResult result = command(name, config);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.out, "");
    const auto lines = lines_of(result.err);
    EXPECT_GE(lines.size(), in_file.size()) << result.err;
    for (const std::string& what : in_file) {
      const std::string line_of = position(config, what).substr(0, position(config, what).find(':'));
      EXPECT_TRUE(std::ranges::any_of(
          lines,
          [&](const std::string& line) { return line.starts_with(dir_.path() + "/gateway.toml:" + line_of + ":"); }))
          << what << "\n"
          << result.err;
    }
  }
  EXPECT_NE(command("check", config).err.find("gateway.toml:" + position(config, "max_retrys") + ": "),
            std::string::npos)
      << "the column of an unknown key is its own";

  const std::string options = shipped_config({{"window = \"96h\"", "window = \"96 hours\""},
                                              {"retry_delay = \"3s\"", "retry_delai = \"3s\""},
                                              {"grace = \"24h\"", "grace = 24"}});
  for (const char* name : {"check", "run"}) {
    const CliResult result = command(name, options);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(lines_of(result.err).size(), 3U) << result.err;
    for (const char* what : {"window = \"96 hours\"", "retry_delai", "grace = 24"}) {
      const std::string line_of = position(options, what).substr(0, position(options, what).find(':'));
      EXPECT_NE(result.err.find("gateway.toml:" + line_of + ":"), std::string::npos) << what << "\n" << result.err;
    }
  }
}

TEST_F(BadConfig, EveryMistakeOfAProfileIsPrintedWithItsPosition) {
  struct Mistake {
    std::string line;  // of [operators."mno-x"]
    std::string at;    // where in it
    std::string says;
  };
  const Mistake by_type[] = {
      {"time_zone = 5", "5", "operators.\"mno-x\".time_zone: is an integer"},
      {"segment_dlr = \"once\"", "\"once\"", "operators.\"mno-x\".segment_dlr: is \"once\""},
      {"on_failure = \"ignore\"", "\"ignore\"", "operators.\"mno-x\".on_failure: is \"ignore\""},
      {"tlvs = \"last\"", "\"last\"", "operators.\"mno-x\".tlvs: is \"last\""},
      {"id_scope = \"bind\"", "\"bind\"", "operators.\"mno-x\".id_scope: is \"bind\""},
      {"alphabet = \"gsm\"", "\"gsm\"", "operators.\"mno-x\".alphabet: is \"gsm\"; did you mean \"gsm7\"?"},
      {"intermediate = \"final\"", "\"final\"", "operators.\"mno-x\".intermediate: is \"final\""},
      {"error_source = \"tlv\"", "\"tlv\"", "operators.\"mno-x\".error_source: is \"tlv\""},
      {"timezone = \"UTC\"", "timezone", "operators.\"mno-x\".timezone: no loaded plugin knows this key"},
      {"status_aliases = [\"A\"]", "[\"A\"]", "operators.\"mno-x\".status_aliases: is"},
      {"error_codes = { a = [1] }", "[1]", "operators.\"mno-x\".error_codes.a: is"},
  };
  const Mistake by_meaning[] = {
      {"time_zone = \"Mars/Olympus\"", "\"Mars",
       "operators.\"mno-x\".time_zone: is \"Mars/Olympus\", which is no zone"},
      {"date_format = \"%d%m%H%M\"", "\"%d", "date_format: is \"%d%m%H%M\", which does not say the year; add %Y or %y"},
      {"id_pattern = \"^abc$\"", "\"^abc",
       "id_pattern: is \"^abc$\", which has no group; put the part that is the id into"},
      {"labels = { number = \"Ref\" }", "number", "labels.number: is not known; use id, sub"},
      {"receipt_id = { base = \"octal\", pad = 3 }", "base", "receipt_id.base: is \"octal\""},
      {"submit_id = { base = \"hex\", padding = 256, case = \"title\" }", "padding", "submit_id.padding: is \"256\""},
      {"status_aliases = { DONE = \"OK\", \"state:900\" = \"FAILED\" }", "DONE", "status_aliases.DONE: is \"OK\""},
      {"error_codes = { \"00B\" = \"\" }", "\"00B\"", "error_codes.00B: needs codes of 1 to 32 characters"},
  };
  // A mistake that the host finds does not hide those that plugins find.
  const Mistake together[] = {
      {"segment_dlr = \"once\"", "\"once\"", "operators.\"mno-x\".segment_dlr: is \"once\""},
      {"on_failure = \"ignore\"", "\"ignore\"", "operators.\"mno-x\".on_failure: is \"ignore\""},
      {"timezone = \"UTC\"", "timezone", "operators.\"mno-x\".timezone: no loaded plugin knows this key"},
      {"time_zone = \"Mars/Olympus\"", "\"Mars", "time_zone: is \"Mars/Olympus\", which is no zone"},
      {"receipt_id = { base = \"octal\" }", "base", "receipt_id.base: is \"octal\""},
      {"status_aliases = { DONE = \"OK\" }", "DONE", "status_aliases.DONE: is \"OK\""},
  };
  const std::string further[] = {"receipt_id.pad: is not known", "submit_id.case: is \"title\"",
                                 "status_aliases.state:900: names no message state"};
  std::string told;
  const auto expect_each = [&](const auto& mistakes, std::size_t more) {
    std::string config = shipped_config({}) + "\n[operators.\"mno-x\"]\n";
    for (const Mistake& mistake : mistakes) config += mistake.line + "\n";
    for (const char* name : {"check", "run"}) {
      const CliResult result = command(name, config);
      EXPECT_EQ(result.exit_code, 1);
      EXPECT_EQ(result.out, "");
      EXPECT_EQ(lines_of(result.err).size(), std::size(mistakes) + more) << result.err;
      for (const Mistake& mistake : mistakes) {
        const std::string line = position(config, mistake.line);
        const std::string column = std::to_string(mistake.line.find(mistake.at) + 1);
        const std::string place = "gateway.toml:" + line.substr(0, line.find(':') + 1) + column + ": ";
        const auto at = result.err.find(place);
        ASSERT_NE(at, std::string::npos) << place << mistake.says << "\n" << result.err;
        EXPECT_NE(result.err.substr(at, result.err.find('\n', at) - at).find(mistake.says), std::string::npos)
            << mistake.says << "\n"
            << result.err;
      }
    }
    told = command("check", config).err;
  };
  expect_each(by_type, 0);
  expect_each(by_meaning, std::size(further));
  for (const std::string& says : further) EXPECT_NE(told.find(says), std::string::npos) << says << "\n" << told;
  expect_each(together, 0);
  EXPECT_EQ(command("check", shipped_config({}) + "\n[operators.\"mno-x\"]\ntime_zone = \"Asia/Kolkata\"\n").exit_code,
            0);
}

TEST_F(BadConfig, MistakesOfAConnectorAreToldThereAndWhatItInheritsOnce) {
  const std::string config = shipped_config({}) +
                             "\n[operators.\"mno-x\"]\ntime_zone = \"Mars\"\nid_scope = \"connector\"\n"
                             "[operators.\"mno-x\".connectors.\"c-1\"]\ntimezone = \"UTC\"\n"
                             "id_pattern = \"(a)(b)\"\nid_scope = \"operator\"\nstatus_aliases = { X = \"OK\" }\n";
  const std::string first = command("check", config).err;  // of a key that nobody knows, before values are judged
  EXPECT_NE(first.find("operators.\"mno-x\".connectors.\"c-1\".timezone: no loaded plugin knows this key; did you mean "
                       "\"time_zone\"?"),
            std::string::npos)
      << first;
  std::string known = config;
  known.erase(known.find("timezone = \"UTC\"\n"), std::string("timezone = \"UTC\"\n").size());
  const CliResult result = command("check", known);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(lines_of(result.err).size(), 4U) << result.err;
  for (const char* says :
       {"operators.\"mno-x\".time_zone: is \"Mars\"",
        "operators.\"mno-x\".connectors.\"c-1\".id_pattern: is \"(a)(b)\", which has 2 groups; keep ( ) around the id "
        "alone",
        "operators.\"mno-x\".connectors.\"c-1\".id_scope: is \"operator\", but the operator's is \"connector\"",
        "operators.\"mno-x\".connectors.\"c-1\".status_aliases.X: is \"OK\"; use DELIVERED"})
    EXPECT_NE(result.err.find(says), std::string::npos) << says << "\n" << result.err;
}

TEST_F(BadConfig, TheProfileInTheReadmeIsNoMistake) {
  const std::string readme = read_file(DLRGW_PLUGIN_SOURCES_DIR "/normalise/README.md");
  const auto begin = readme.find("[operators.");
  ASSERT_NE(begin, std::string::npos);
  const std::string profile = readme.substr(begin, readme.find("```", begin) - begin);
  const CliResult result = command("check", shipped_config({}) + "\n" + profile);
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

TEST_F(BadConfig, BrokenTomlMissingFileAndMissingVariable) {
  const CliResult broken = command("check", "[gateway\ninstance = 1\n");
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_NE(broken.err.find("gateway.toml:1:"), std::string::npos) << broken.err;
  const CliResult missing = scenario_.gateway().run_cli({"check", "--config", dir_.path() + "/absent.toml"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_NE(missing.err.find("absent.toml"), std::string::npos) << missing.err;
  const std::string config = shipped_config({{"replica = \"${DLRGW_REPLICA:-0}\"", "replica = \"${DLRGW_ABSENT}\""}});
  const CliResult variable = command("check", config);
  EXPECT_EQ(variable.exit_code, 1);
  EXPECT_NE(variable.err.find("DLRGW_ABSENT"), std::string::npos) << variable.err;
  EXPECT_EQ(command("check", shipped_config({})).exit_code, 0);
}

TEST_F(BadConfig, AWrongCommandLineEndsWithOneAsEveryOtherMistake) {
  const std::vector<std::vector<std::string>> wrong = {
      {}, {"start"}, {"check", "--confg", "x"}, {"check", "--config"}, {"try"}, {"provision", "--replicas", "65"}};
  for (const std::vector<std::string>& arguments : wrong) {
    const CliResult refused = scenario_.gateway().run_cli(arguments);
    EXPECT_EQ(refused.exit_code, 1) << refused.err;
    EXPECT_NE(refused.err, "");
    EXPECT_EQ(refused.out, "");
  }
  for (const char* fine : {"--help", "--version"}) EXPECT_EQ(scenario_.gateway().run_cli({fine}).exit_code, 0);
  EXPECT_EQ(scenario_.gateway().run_cli({"check", "--help"}).exit_code, 0);
}

TEST_F(BadConfig, AReplicaThatNobodyMayBeIsRefusedWithItsPlace) {
  const std::string config = shipped_config({{"replica = \"${DLRGW_REPLICA:-0}\"", "replica = 64"}});
  for (const char* name : {"check", "run"}) {
    const CliResult refused = command(name, config);
    EXPECT_EQ(refused.exit_code, 1);
    const std::string place = position(config, "replica = 64");
    EXPECT_NE(refused.err.find("gateway.toml:" + place.substr(0, place.find(':') + 1) + "11: gateway.replica: is 64"),
              std::string::npos)
        << refused.err;
  }
}

TEST_F(BadConfig, LimitsThatContradictEachOtherAreRefusedWithBothPlaces) {
  const std::string config = shipped_config({{"max_retries = 20", "max_retries = 1"}});
  const std::string sentence = only_sentence(config);
  const auto line = [&](const std::string& what) {
    const std::string place = position(config, what);
    return "gateway.toml:" + place.substr(0, place.find(':') + 1);
  };
  EXPECT_NE(sentence.find(line("retries = 2 ") + "11: plugins.options.retries: is 2"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find(line("max_retries = 1") + "15) is 1"), std::string::npos) << sentence;
  expect_same_from_check(config, sentence);
}

TEST_F(BadConfig, AChainThatWouldLoseReceiptsIsRefused) {
  const CliResult without = command("run", shipped_config({{", \"outbox\"]", "]"}}));
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_NE(without.err.find("no enabled stage provides \"persisted\""), std::string::npos) << without.err;
  EXPECT_NE(without.err.find("outbox"), std::string::npos);
  for (const char* stage : {"normalise", "correlate", "dedup.replay", "segments", "outbox"}) {
    SCOPED_TRACE(stage);
    const CliResult disabled =
        command("run", shipped_config({{"disabled = []", "disabled = [\"" + std::string(stage) + "\"]"}}));
    EXPECT_EQ(disabled.exit_code, 1);
    EXPECT_EQ(disabled.out, "");
    EXPECT_NE(disabled.err.find("stage \"" + std::string(stage) + "\""), std::string::npos) << disabled.err;
    EXPECT_NE(disabled.err.find("is essential and cannot be disabled"), std::string::npos) << disabled.err;
  }
  const std::string off = shipped_config({{"disabled = []", "disabled = [\"outbox\"]"}});
  EXPECT_TRUE(
      command("check", off).err.starts_with(dir_.path() + "/gateway.toml:" + position(off, "[\"normalise\"") + ": "))
      << command("check", off).err;
  EXPECT_EQ(command("check", shipped_config({{"disabled = []", "disabled = [\"dedup.fingerprint\"]"}})).exit_code, 0);
  const CliResult order = command(
      "run", shipped_config({{"\"normalise\", \"dedup.fingerprint\"", "\"dedup.fingerprint\", \"normalise\""}}));
  EXPECT_EQ(order.exit_code, 1);
  EXPECT_NE(order.err.find("\"dedup.fingerprint\""), std::string::npos) << order.err;
  EXPECT_NE(order.err.find("\"normalise\""), std::string::npos) << "both stages are named: " << order.err;
}

}  // namespace
}  // namespace dlrgw::test
