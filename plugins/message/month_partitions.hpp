// SPDX-License-Identifier: Apache-2.0
// The job `<plugin>.partitions`: makes the coming months' partitions of the plugin's tables in time, those of rows that
// had to go to a default partition, and tells of such rows. Runs on every host, so that no host exports a number that
// another has changed since; the functions in the database let them take turns. Owned by the plugin; its job's thread.
#pragma once
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/plugin.hpp>

namespace dlrgw::message {

class MonthPartitions {
 public:
  struct Table {
    std::string_view name;  // with its schema; its default partition is <name>_default
    std::string_view key;   // the column that it is partitioned by
    std::string_view make;  // the owner's function (first month date, months int), which answers how many it made
  };

  MonthPartitions(Host host, std::initializer_list<Table> tables);
  void add_to(Registrar& registrar, std::string_view job);

 private:
  struct Care {
    std::string table;
    SqlStatement make, strays;
  };
  using Rows = std::map<std::string, std::int64_t>;  // by month, "2026-01-01"

  void run() const;
  [[nodiscard]] Rows strays(const Care& care) const;
  [[nodiscard]] std::int64_t make(const Care& care, const std::string& month) const;
  // Of this table; each month alone, so that one that cannot be made costs only itself. How many failed.
  struct Failures {
    std::size_t count = 0;
    bool away = true;  // each one says that what it needs is away
  };
  void look_after(const Care& care, Failures& failures) const;
  void failed(const Care& care, std::string_view month, const Error& error, Failures& failures) const;

  Sql sql_;
  Clock clock_;
  Log log_;
  Metric strays_gauge_;
  std::vector<Care> care_;
};

}  // namespace dlrgw::message
