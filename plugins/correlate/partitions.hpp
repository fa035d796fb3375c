// SPDX-License-Identifier: Apache-2.0
// The job `correlate.partitions`: makes the coming months' partitions of the orphans in time, and tells when rows had
// to go to the default one. Runs on every host, so that no host exports a number that another has changed since; the
// function in the database lets them take turns. One for the plugin; its job's thread.
#pragma once
#include <functional>
#include <string_view>

#include <dlrgw/plugin.hpp>

#include "month.hpp"

namespace dlrgw::correlate {

class Partitions {
 public:
  explicit Partitions(Host host);
  void run() const;

 private:
  // Does the work; a failure is told. How many failed: 0 or 1.
  std::size_t each(std::string_view what, const std::function<void()>& work) const;
  void look_for_strays() const;
  [[nodiscard]] std::int64_t make(Month month) const;
  [[nodiscard]] std::int64_t strays() const;

  Sql sql_;
  Clock clock_;
  Log log_;
  Metric strays_gauge_;
  SqlStatement make_, strays_;
};

}  // namespace dlrgw::correlate
