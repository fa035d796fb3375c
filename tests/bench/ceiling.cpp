// SPDX-License-Identifier: Apache-2.0
#include "bench/ceiling.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "bench/drain.hpp"

namespace dlrgw::bench {
namespace fs = std::filesystem;
namespace {
constexpr int kConnections = 4;
constexpr const char* kCaptured = "bench_captured";
constexpr const char* kReplayed = "bench_replayed";
}  // namespace

Script capture(World& world, std::int64_t count, Progress& progress) {
  progress.step("capturing the statements of " + std::to_string(count) + " receipts");
  world.fresh_database(kCaptured);
  world.fresh_streams();
  world.log_statements(true);
  std::unique_ptr<test::GatewayProcess> gateway;
  static_cast<void>(run_drain(world, kCaptured, 0, count, gateway, progress));
  gateway->terminate();
  world.log_statements(false);

  ScriptReader reader(kCaptured);
  for (const auto& entry : fs::directory_iterator(world.log_directory())) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream log(entry.path());
    reader.add_log(log);
  }
  Script script = reader.take();
  for (const char* role : {kLaneRole, kRelayRole})
    if (!script.contains(role)) throw std::runtime_error(std::string("no statement of ") + role + " was captured");
  static_cast<void>(relay_script(script.at(kRelayRole)));
  make_binary(script, world.admin_dsn(kCaptured));
  world.drop_database(kCaptured);
  const auto batches = script.at(kLaneRole).committed.size();
  progress.note("captured " + std::to_string(batches) + " transactions, " +
                std::to_string(count / static_cast<std::int64_t>(std::max<std::size_t>(batches, 1))) +
                " receipts each");
  return script;
}

Ceiling run_ceiling(World& world, const Script& script, std::int64_t count, Progress& progress) {
  progress.step("PostgreSQL alone");
  world.fresh_database(kReplayed);
  const CpuTimes before = cpu_times();
  const Replayed replayed = replay(script, world.admin_dsn(kReplayed), kConnections);
  const CpuTimes used = cpu_times() - before;
  const std::int64_t rows = Pg(world.admin_dsn(kReplayed)).count("SELECT count(*) FROM dlr.delivery_receipts");
  world.drop_database(kReplayed);
  if (rows != count)
    throw std::runtime_error("the replay stored " + std::to_string(rows) + " of " + std::to_string(count) +
                             " receipts");
  const auto n = static_cast<double>(count);
  return {n / replayed.seconds, used.at(kPostgres) / n};
}

Ceiling mean(std::span<const Ceiling> ceilings) {
  Ceiling result;
  double seconds_per_receipt = 0;
  const auto n = static_cast<double>(ceilings.size());
  for (const Ceiling& one : ceilings) {
    seconds_per_receipt += 1 / one.receipts_per_s / n;
    result.postgres_cpu_us += one.postgres_cpu_us / n;
  }
  result.receipts_per_s = 1 / seconds_per_receipt;
  return result;
}

}  // namespace dlrgw::bench
