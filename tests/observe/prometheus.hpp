// SPDX-License-Identifier: Apache-2.0
// A private Prometheus that scrapes gateways and evaluates the shipped alerts, twice a second and with a patience of
// seconds. Owned by the test, one thread.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/port_lease.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {

class Prometheus {
 public:
  // targets: admin addresses. Every `for:` of the alerts is made two seconds.
  explicit Prometheus(const std::vector<std::string>& targets);

  // Number of series that answer the query; throws with Prometheus' words when it is refused.
  [[nodiscard]] std::size_t series(const std::string& query) const;
  // Names of the alerts that fire now.
  [[nodiscard]] std::vector<std::string> firing() const;
  [[nodiscard]] std::string log() const;

 private:
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_.port()); }
  TempDir dir_;
  PortLease port_;
  ChildProcess process_;
};

}  // namespace dlrgw::test
