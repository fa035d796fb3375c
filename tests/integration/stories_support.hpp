// SPDX-License-Identifier: Apache-2.0
// What the story tests share: a lock that stops the lanes, the server's word on what was terminated, and reading what
// became of single receipts. Used by one test, on its thread.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fault/load.hpp"
#include "support/eventually.hpp"
#include "support/json.hpp"
#include "support/scenario.hpp"

namespace dlrgw::test {

// A superuser's transaction that has run `sql` and stays open: rows and tables it locked stay locked.
class HeldLock {
 public:
  HeldLock(TestPostgres& postgres, const std::string& sql);
  ~HeldLock();  // releases
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
  void release();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Stream sequences of the receipts that the gateway terminated, or gave back, from now on, as the NATS server announces
// them.
class Terminations {
 public:
  enum class Kind { kTerminated, kGivenBack };
  explicit Terminations(TestNats& nats, Kind kind = Kind::kTerminated);
  ~Terminations();
  Terminations(const Terminations&) = delete;
  Terminations& operator=(const Terminations&) = delete;
  [[nodiscard]] std::multiset<std::uint64_t> so_far();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Outcomes of each receipt's dlr.processed lines, by event id, in order.
[[nodiscard]] std::map<std::string, std::vector<std::string>> outcomes_by_event(const GatewayProcess& gateway);
// Log lines of that event whose field has that value.
[[nodiscard]] std::vector<std::string> lines_with(const GatewayProcess& gateway, std::string_view event,
                                                  std::string_view field, std::string_view value);
// Waits until a sum of a metric of the running gateway is at least `value`.
bool reaches(const GatewayProcess& gateway, const std::string& metric, const Labels& labels, double value);
// Waits until GET /ready answers with that status and a body that contains `text`.
bool ready_says(Scenario& scenario, int status, const std::string& text);
// Whether GET /ready says no for as long as several trials of what failed take.
bool stays_not_ready(Scenario& scenario);
// One column of one row as text, by key; "(none)" without a row.
[[nodiscard]] std::string lookup(Scenario& scenario, const std::string& column, const std::string& table,
                                 const std::string& key, const std::string& value);
// As Scenario::add_messages, submitted hours ago: receipts with an older receivedAt find them too.
[[nodiscard]] std::vector<Message> add_old_messages(Scenario& scenario, std::size_t count);
// Starts and waits until ready; on failure says what the gateway wrote.
[[nodiscard]] testing::AssertionResult started(Scenario& scenario, const std::string& fail_point = {});
// Everything settled; on failure says what the gateway wrote.
[[nodiscard]] testing::AssertionResult settles(Scenario& scenario);

}  // namespace dlrgw::test
