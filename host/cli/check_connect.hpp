// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway check --connect`: every dependency, used with the configured credentials as the service would use it,
// and nothing left behind in any of them.
#pragma once
#include <ostream>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "control/build_pipeline.hpp"
#include "control/shared_parts.hpp"

namespace dlrgw::host {

// Prints one line per finding, "ok" or "FAIL" and what to do, and counts the failures.
class ConnectReport {
 public:
  explicit ConnectReport(std::ostream& out) : out_(out) {}
  void ok(const std::string& what, const std::string& text);
  void fail(const std::string& what, const std::string& text);
  // Prints each sentence as a failure, or `fine` when there is none.
  void tell(const std::string& what, const std::vector<std::string>& sentences, const std::string& fine);
  [[nodiscard]] std::size_t failures() const { return failures_; }

 private:
  std::ostream& out_;
  std::size_t failures_ = 0;
};

// The three parts, each independent of the others: a server that is away does not hide what is wrong elsewhere.
void check_nats(const Config& config, Logger& logger, ConnectReport& report);
void check_postgres(const Pipeline& pipeline, SharedParts& shared, ConnectReport& report);
void check_probes(const Pipeline& pipeline, ConnectReport& report);

}  // namespace dlrgw::host
