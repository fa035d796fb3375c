// SPDX-License-Identifier: Apache-2.0
// A gateway with fixtures/hangs.c in its chain, and limits that are soon over. Used by one test, on its thread.
#pragma once
#include <string>
#include <string_view>

#include "integration/stories_support.hpp"

namespace dlrgw::test {

inline constexpr int kExitAbandoned = 3;

// hangs_in: the file that says where.
inline ScenarioOptions with_fixture(const std::string& hangs_in = {}, const std::string& replacements = "10") {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({
      {"stage = \"10s\"", "stage = \"3s\""},
      {"control = \"10s\"", "control = \"500ms\""},
      {"quirk = \"1s\"", "quirk = \"500ms\""},
      {"route = \"60s\"", "route = \"500ms\""},
      {"job = \"5m\"", "job = \"500ms\""},
      {"replacements = 10", "replacements = " + replacements},
      {"max_concurrency = 10", "max_concurrency = 2"},
      {"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR "/fixture_hangs.so\"\n\n[pipeline]\n"},
      {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.hangs\", \"dedup.replay\""},
  });
  options.gateway.env["DLRGW_SHUTDOWN_TIMEOUT"] = "2s";
  if (!hangs_in.empty()) options.gateway.env["FIXTURE_HANGS_IN"] = hangs_in;
  return options;
}

// Waits for a line of that event that holds the text.
inline bool says(const GatewayProcess& gateway, std::string_view event, const std::string& text) {
  return eventually([&] {
    for (const std::string& line : gateway.logs(event))
      if (line.find(text) != std::string::npos) return true;
    return false;
  });
}

inline void publish_one(Scenario& s, const std::string& error_code, const std::string& operator_id = "mno-test") {
  auto receipts = s.receipts_for(s.add_messages(1, operator_id), "DELIVRD");
  receipts[0].error_code = error_code;
  s.publish(receipts);
}

}  // namespace dlrgw::test
