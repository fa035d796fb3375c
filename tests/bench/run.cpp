// SPDX-License-Identifier: Apache-2.0
#include "bench/run.hpp"

#include <cstdio>
#include <string>

#include "bench/batch_traces.hpp"
#include "bench/drain.hpp"
#include "bench/rate.hpp"
#include "bench/reload.hpp"

namespace dlrgw::bench {
namespace {

constexpr const char* kDatabase = "bench_run";
constexpr std::size_t kSlowest = 20;
constexpr const char* kLoopDatabase = "bench_loop";

std::string prefix_of(int run, const Options& options) {
  return "run " + std::to_string(run) + " of " + std::to_string(options.runs) + ", ";
}

std::string whole(double value) { return std::to_string(static_cast<int>(value)); }

// Of one or several drains: all receipts over all the time.
struct Cost {
  double receipts = 0;
  double seconds = 0;
  double wal_bytes = 0;
  CpuTimes cpu;
  void add(const Drain& drain, std::int64_t count) {
    receipts += static_cast<double>(count);
    seconds += drain.seconds;
    wal_bytes += drain.wal_bytes;
    for (const auto& [name, time] : drain.cpu) cpu[name] += time;
  }
};

void note(Progress& progress, const std::string& what, const Drain& drain, std::int64_t count,
          const std::string& role) {
  const auto n = static_cast<double>(count);
  progress.note(what + ": " + whole(n / drain.seconds) + " receipts/s, " + whole(drain.cpu.at(role) / n) +
                " us, PostgreSQL " + whole(drain.cpu.at(kPostgres) / n) + ", NATS " + whole(drain.cpu.at(kNats) / n) +
                " us of CPU per receipt, others " + whole(100 * share_of_others(drain.cpu)) + " % of the busy time");
}

void add_loop_drain(World& world, const Options& options, const std::string& prefix, Cost& cost, Progress& progress) {
  progress.step(prefix + "bare loop");
  world.fresh_database(kLoopDatabase);
  world.fresh_streams();
  const auto loop = bare_loop(world, kLoopDatabase);
  const Drain drain = run_drain(world, *loop, kLoopDatabase, 0, options.loop_drain, progress);
  cost.add(drain, options.loop_drain);
  note(progress, prefix + "bare loop", drain, options.loop_drain, kLoop);
}

// Nothing unless its log has traces.
void tell_traces(const BuiltGateway& gateway) {
  std::fprintf(stderr, "%s", slowest_batches(gateway.process().logs(), kSlowest).c_str());
}

Drain gateway_drain(World& world, const Options& options, const std::string& prefix, Progress& progress) {
  world.fresh_database(kDatabase);
  if (options.history != 0) world.add_history(kDatabase, options.history, progress);
  world.fresh_streams();
  progress.step(prefix + "drain");
  if (options.statements) forget_statements(world, kDatabase);
  BuiltGateway gateway(world, {.database = kDatabase, .trace = options.trace});
  const Drain drain = run_drain(world, gateway, kDatabase, 0, options.drain, progress);
  note(progress, prefix + "gateway", drain, options.drain, kGateway);
  tell_traces(gateway);
  if (options.statements) std::fprintf(stderr, "%s", statement_table(world, kDatabase, options.drain).c_str());
  return drain;
}

void put_drain(Measurements& out, const Drain& drain, std::int64_t count) {
  const auto n = static_cast<double>(count);
  out["drain.receipts_per_s"].push_back(n / drain.seconds);
  out["drain.committed_per_s"].push_back(n / drain.committed_seconds);
  for (const char* process : {kGateway, kPostgres, kNats, kRedis})
    out[std::string("cpu_us_per_receipt.") + process].push_back(drain.cpu.at(process) / n);
  out["cpu_us_per_receipt.all"].push_back(of_all(drain.cpu, kGateway) / n);
  for (const auto& [thread, time] : drain.threads) out["gateway_thread_us." + thread].push_back(time / n);
  out["wal_bytes_per_receipt"].push_back(drain.wal_bytes / n);
  out["disk_bytes_per_receipt"].push_back(drain.disk_bytes / n);
  out["blocks_per_receipt"].push_back(drain.blocks / n);
  out["rss_mib"].push_back(drain.rss_mib);
  out["ready_s"].push_back(drain.ready_s);
  out["machine.share_of_others"].push_back(share_of_others(drain.cpu));
}

void put_loop(Measurements& out, const Cost& loop) {
  out["loop.receipts_per_s"].push_back(loop.receipts / loop.seconds);
  for (const char* process : {kLoop, kPostgres, kNats})
    out[std::string("loop.cpu_us_per_receipt.") + process].push_back(loop.cpu.at(process) / loop.receipts);
  out["loop.cpu_us_per_receipt.all"].push_back(of_all(loop.cpu, kLoop) / loop.receipts);
  out["loop.wal_bytes_per_receipt"].push_back(loop.wal_bytes / loop.receipts);
  const auto ratio = [&](const char* ours, const char* loops) { return out.at(ours).back() / out.at(loops).back(); };
  out["drain.ratio_to_loop"].push_back(ratio("drain.receipts_per_s", "loop.receipts_per_s"));
  out["drain.cpu_ratio_to_loop"].push_back(ratio("cpu_us_per_receipt.all", "loop.cpu_us_per_receipt.all"));
}

void put_rate(Measurements& out, const std::string& key, const Rate& rate) {
  out[key + "commit_p50_ms"].push_back(rate.commit_p50_ms);
  out[key + "commit_p99_ms"].push_back(rate.commit_p99_ms);
  out[key + "relay_p50_ms"].push_back(rate.relay_p50_ms);
  out[key + "relay_p99_ms"].push_back(rate.relay_p99_ms);
  out[key + "achieved_per_s"].push_back(rate.achieved_per_s);
  out[key + "cpu_us_per_receipt"].push_back(rate.cpu_us);
}

Rate rate_of(World& world, const Options& options, const std::string& database, std::int64_t first, int per_second,
             Contender& contender, Progress& progress) {
  world.settle(database);
  start_ready(contender);
  const Rate rate = run_rate(world, options, database, first, per_second, contender, progress);
  contender.end();
  return rate;
}

void run_rates(World& world, const Options& options, const std::string& prefix, Measurements& out, Progress& progress) {
  std::int64_t first = options.drain > options.loop_drain ? options.drain : options.loop_drain;
  for (const int per_second : options.rates) {
    const std::string key = "rate." + std::to_string(per_second) + ".";
    progress.step(prefix + std::to_string(per_second) + " receipts/s, bare loop");
    const auto loop = bare_loop(world, kLoopDatabase);
    put_rate(out, key + "loop.", rate_of(world, options, kLoopDatabase, first, per_second, *loop, progress));
    progress.step(prefix + std::to_string(per_second) + " receipts/s");
    BuiltGateway gateway(world, {.database = kDatabase, .trace = options.trace});
    put_rate(out, key, rate_of(world, options, kDatabase, first, per_second, gateway, progress));
    tell_traces(gateway);
    for (const std::string value : {"commit_p50_ms", "commit_p99_ms", "relay_p50_ms", "relay_p99_ms"})
      out[key + "ratio_to_loop." + value].push_back(out.at(key + value).back() / out.at(key + "loop." + value).back());
    first += options.receipts_at(per_second);
  }
}

}  // namespace

void run_once(World& world, const Options& options, int run, Measurements& out, Progress& progress) {
  const std::string prefix = prefix_of(run, options);
  // The loop before and after the drain: a virtual machine may be half as fast a minute later.
  Cost loop;
  add_loop_drain(world, options, prefix, loop, progress);
  put_drain(out, gateway_drain(world, options, prefix, progress), options.drain);
  add_loop_drain(world, options, prefix, loop, progress);
  put_loop(out, loop);
  if (!options.drain_only) run_rates(world, options, prefix, out, progress);
  world.drop_database(kDatabase);
  world.drop_database(kLoopDatabase);
}

void reload_once(World& world, const Options& options, int run, Measurements& out, Progress& progress) {
  progress.step(prefix_of(run, options) + "reloads");
  world.fresh_database(kDatabase);
  world.fresh_streams();
  const Reloads reloads = run_reloads(world, options, kDatabase, options.reload_rate, progress);
  out["reload.took_p50_ms"].push_back(percentile(reloads.took_ms, 50));
  out["reload.took_max_ms"].push_back(percentile(reloads.took_ms, 100));
  out["reload.commit_p99_ms"].push_back(reloads.beside.commit_p99_ms);
  out["reload.commit_p99_without_ms"].push_back(reloads.without.commit_p99_ms);
  out["reload.achieved_per_s"].push_back(reloads.beside.achieved_per_s);
  world.drop_database(kDatabase);
}

}  // namespace dlrgw::bench
