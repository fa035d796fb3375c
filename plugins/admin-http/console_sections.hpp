// SPDX-License-Identifier: Apache-2.0
// What the console shows of the host's documents, as pieces of HTML. Pure but for the meter; every text is escaped.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace dlrgw::admin_http {

// Receipts per second of each stage, out of what the last ten seconds' looks counted; none before the second look.
using StageRates = std::map<std::string, double, std::less<>>;
class RateMeter {
 public:
  // pipeline: the document of GET /v1/admin/pipeline.
  StageRates rates(std::string_view pipeline, std::int64_t monotonic_us);

 private:
  struct Look {
    std::int64_t at_us = 0;
    std::map<std::string, std::int64_t, std::less<>> totals;
  };
  std::deque<Look> looks_;  // the oldest first
};

// The documents of GET /v1/admin/pipeline, plugins, jobs.
std::string now_section(std::string_view pipeline, const StageRates& rates);
std::string stages_section(std::string_view pipeline, const StageRates& rates);
std::string plugins_section(std::string_view plugins);
std::string jobs_section(std::string_view jobs);

}  // namespace dlrgw::admin_http
