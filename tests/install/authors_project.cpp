// SPDX-License-Identifier: Apache-2.0
#include "install/authors_project.hpp"

#include <sstream>
#include <vector>

#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using Numbers = std::map<std::string, std::int64_t>;

constexpr const char* kShippedChain =
    R"(stages = ["normalise", "dedup.fingerprint", "correlate", "dedup.replay", "segments", "outbox"])";

}  // namespace

std::string AuthorsProject::printed_steps(const std::string& said) {
  std::istringstream in(said);
  std::string steps;
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("  ")) steps += line + "\n";
  return steps;
}

std::string AuthorsProject::block(const std::string& language) const {
  const std::string page = read_file(folder_ + "/README.md"), fence = "```" + language + "\n";
  const auto begin = page.find(fence);
  if (begin == std::string::npos) return {};
  const auto from = begin + fence.size();
  return page.substr(from, page.find("```", from) - from);
}

std::string AuthorsProject::config() const {
  std::string toml = block("toml");
  for (const char* folder : {"\"/opt/plugins/", "\"/opt/acme/"})
    if (const auto at = toml.find(folder); at != std::string::npos)
      toml.replace(at, std::string(folder).size(), "\"" + seen_ + "/build/");
  std::vector<std::pair<std::string, std::string>> changes;
  if (const auto chain = toml.find("[pipeline]\n"); chain != std::string::npos) {
    const std::string line = toml.substr(toml.find("stages = "));
    toml.resize(chain);
    changes.emplace_back(kShippedChain, line.substr(0, line.find('\n')));
  }
  changes.insert(changes.begin(), {"[pipeline]\n", toml + "\n[pipeline]\n"});
  return shipped_config(changes);
}

void AuthorsProject::expect_serves(Scenario& s, const AdminKeys& keys) const {
  const bool with_sql = of_.kind == "stage" && of_.lang == "cpp";
  if (with_sql) s.postgres().exec("INSERT INTO dlr.mno_zeta_muted VALUES ('mno-muted')");
  ASSERT_TRUE(started(s));
  const auto heard = s.add_messages(12, "mno-zeta");
  auto receipts = s.receipts_for(heard, of_.kind == "quirk" ? "ZUGESTELLT" : "DELIVRD");
  if (of_.kind == "quirk")
    for (Receipt& receipt : receipts) receipt.operator_message_id += "-FRA";
  s.publish(receipts);
  if (of_.kind == "stage") s.publish(s.receipts_for(s.add_messages(5, "mno-muted"), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, heard);
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 12);
  if (of_.kind == "quirk") {
    EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE plugin = 'mno-zeta' AND "
                                 "plugin_version = '1.0.0'"),
              12);
  } else if (of_.kind == "stage") {
    EXPECT_EQ(s.count_by_outcome(), (Numbers{{"applied", 12}, {"dropped", 5}}));
    if (with_sql) {
      EXPECT_EQ(s.count_rows("dlr.mno_zeta"), 17);
    }
  } else {
    const HttpReply tally = admin(s.gateway(), keys, "GET", "/mno/zeta");
    EXPECT_EQ(tally.status, 200);
    EXPECT_EQ(tally.body, R"({"DELIVERED":12})");
  }
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace dlrgw::test
