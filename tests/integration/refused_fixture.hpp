// SPDX-License-Identifier: Apache-2.0
// For gateways that must not start: `run` and `check` with a configuration, and what they said.
#pragma once
#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// "line:column" of the n-th occurrence of `what`.
inline std::string position(const std::string& text, const std::string& what) {
  const auto at = text.find(what);
  if (at == std::string::npos) throw std::invalid_argument("the configuration has no " + what);
  const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
  const auto start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  return std::to_string(line) + ":" + std::to_string(at - start + 1);
}

inline std::string with_plugin(const std::string& file, const std::string& grants = "") {
  return shipped_config(
      {{"[pipeline]\n", "[[plugins]]\nfile = \"" + file + "\"\ngrants = [" + grants + "]\n\n[pipeline]\n"}});
}

inline std::string fixture(const std::string& name) { return DLRGW_FIXTURES_DIR "/fixture_" + name + ".so"; }

// Both commands refuse, with the same single sentence, and `run` has started nothing.
class Refused : public testing::Test {
 protected:
  CliResult command(const std::string& name, const std::string& config) {
    const std::string path = dir_.write_file("gateway.toml", config);
    return scenario_.gateway().run_cli({name, "--config", path}, env_);
  }

  std::string only_sentence(const std::string& config) {
    const CliResult ran = command("run", config);
    EXPECT_EQ(ran.exit_code, 1) << ran.err;
    EXPECT_EQ(ran.out, "") << "not a single log line";
    const auto lines = lines_of(ran.err);
    EXPECT_EQ(lines.size(), 1U) << ran.err;
    EXPECT_EQ(scenario_.nats().consumer_state(kInboundStream, kInboundConsumer)->ack_pending, 0);
    return lines.empty() ? std::string() : lines[0];
  }

  void expect_same_from_check(const std::string& config, const std::string& sentence) {
    const CliResult checked = command("check", config);
    EXPECT_EQ(checked.exit_code, 1);
    EXPECT_EQ(checked.err, sentence + "\n");
    EXPECT_EQ(checked.out, "");
  }

  void SetUp() override { scenario_.publish_raw({"waiting"}); }  // would be taken by a gateway that starts half

  Scenario scenario_;
  TempDir dir_;
  std::map<std::string, std::string> env_;
};

}  // namespace dlrgw::test
