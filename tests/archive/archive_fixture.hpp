// SPDX-License-Identifier: Apache-2.0
// What the tests of the archive share: a store, a gateway that looks for due months every second, and old months.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "archive/s3_stand_in.hpp"
#include "integration/orphan_support.hpp"

namespace dlrgw::test {

class Us022Archive : public testing::Test {
 protected:
  [[nodiscard]] ScenarioOptions options(std::vector<std::pair<std::string, std::string>> replacements = {}) const {
    replacements.emplace_back("archive_every = \"1h\"", "archive_every = \"1s\"");
    ScenarioOptions out = with_keys(keys_, quick_orphans(std::move(replacements)));
    for (const auto& [name, value] : store_.environment()) out.gateway.env[name] = value;
    return out;
  }
  // The partition of a month of long ago with that many orphans; their ids.
  static std::vector<std::string> old_month(Scenario& s, std::size_t count, const std::string& day = "2025-01-15") {
    s.postgres().exec("SELECT dlr.make_orphan_partitions('" + day + "', 1)");
    std::vector<std::string> ids;
    for (const Message& message : strangers(s, count)) {
      Receipt receipt = s.receipt_for(message, "DELIVRD");
      receipt.more = {{"sourceAddr", "\"+15550107777\""}};
      ids.push_back(insert_orphan(s, receipt, day + "T12:00:00Z"));
    }
    return ids;
  }
  static bool partition_exists(Scenario& s, const std::string& month) {
    return s.postgres().value("SELECT to_regclass('dlr.orphan_dlrs_" + month + "') IS NOT NULL") == "t";
  }
  static std::string this_month(Scenario& s) {
    return s.postgres().value("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')");
  }
  static std::vector<std::string> temporary_files(Scenario& s) {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(s.gateway().state_dir()))
      if (entry.path().filename().string().starts_with("orphans-")) out.push_back(entry.path());
    return out;
  }
  // Until the job has run that often more.
  bool runs_of_the_job(Scenario& s, std::int64_t more) {
    const auto runs = [&] {
      const HttpReply jobs = admin(s.gateway(), keys_, "GET", "/v1/admin/jobs");
      const std::string text = json_field(part_of(jobs.body, "jobs", "correlate.archive"), "runs");
      return text.empty() ? -1 : std::stoll(text);
    };
    const std::int64_t before = runs();
    return eventually([&] { return runs() >= before + more; });
  }

  AdminKeys keys_;
  S3StandIn store_;
};

}  // namespace dlrgw::test
