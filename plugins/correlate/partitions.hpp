// SPDX-License-Identifier: Apache-2.0
// The job `correlate.partitions`: makes the coming months' partitions of the orphans in time, and reports when rows had
// to go to the default one. It runs on every host, so that none exports a number that another has changed since; the
// function in the database makes them take turns. Owned by the plugin; on its job's thread.
#pragma once
#include <dlrgw/plugin.hpp>

namespace dlrgw::correlate {

class Partitions {
 public:
  explicit Partitions(Host host);
  void run() const;

 private:
  [[nodiscard]] std::int64_t make(std::int64_t now_us) const;
  [[nodiscard]] std::int64_t strays() const;

  Sql sql_;
  Clock clock_;
  Log log_;
  Metric strays_gauge_;
  SqlStatement make_, strays_;
};

}  // namespace dlrgw::correlate
