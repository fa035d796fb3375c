// SPDX-License-Identifier: Apache-2.0
#include "fault/statement_counts.hpp"

#include <chrono>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "fault/load.hpp"
#include "support/eventually.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr double kReceiptsPerBatch = 50;
constexpr double kCallsPerBatch = 1.05;
constexpr std::size_t kPublishChunk = 5'000;

// The gateway names each statement in a comment; the lanes are role dlr_svc.
constexpr const char* kCalls = R"(
SELECT substring(s.query FROM '^/\* (\S+) \*/'), sum(s.calls), round(sum(s.total_exec_time)), sum(s.rows)
FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
WHERE r.rolname = 'dlr_svc' AND s.query ~ '^/\* \S+ \*/' GROUP BY 1 ORDER BY 3 DESC)";

double resident_mib(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  return 0;
}

}  // namespace

void run_statement_counts(std::size_t receipts) {
  Scenario s({.postgres = {.fast = true, .statement_statistics = true, .settings = {}}, .gateway = {}});
  const auto messages = s.add_messages(receipts);
  const auto load = final_receipts(s, messages);
  for (std::size_t first = 0; first < load.size(); first += kPublishChunk)
    publish_once(s.nats(), load, first, first + kPublishChunk);
  s.postgres().exec("ANALYZE; SELECT pg_stat_statements_reset()");

  s.gateway().start();
  const auto start = std::chrono::steady_clock::now();
  const auto stored = [&] { return s.count_rows("dlr.delivery_receipts") == static_cast<std::int64_t>(receipts); };
  ASSERT_TRUE(eventually(stored)) << log_summary(s.gateway());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  const std::chrono::duration<double> relayed = std::chrono::steady_clock::now() - start;

  const Metrics metrics = s.gateway().metrics();
  const double batches = metrics.sum("dlr_batches_total");
  std::printf(
      "[          ] %zu receipts committed in %.2f s (%.0f/s, start included), relayed in %.2f s (%.0f/s), "
      "%.0f batches, resident %.1f MiB\n",
      receipts, took.count(), static_cast<double>(receipts) / took.count(), relayed.count(),
      static_cast<double>(receipts) / relayed.count(), batches, resident_mib(s.gateway().pid()));
  EXPECT_GT(batches, 0);
  EXPECT_LE(batches, static_cast<double>(receipts) / kReceiptsPerBatch);
  const auto calls = s.postgres().rows(kCalls);
  EXPECT_GE(calls.size(), 6U) << "the statements of the chain were not found by their names";
  for (const Row& row : calls) {
    std::printf("[          ] %-40s %s calls, %s ms, %s rows\n", row[0].c_str(), row[1].c_str(), row[2].c_str(),
                row[3].c_str());
    EXPECT_LE(std::stod(row[1]), kCallsPerBatch * batches) << row[0];
    EXPECT_NE(row[0], "segments.read_segments") << "messages of one segment have nothing to read there";
  }
  expect_each_once(s, messages);
  expect_no_batch_failed(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace dlrgw::test
