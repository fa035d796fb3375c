// SPDX-License-Identifier: Apache-2.0
// dlr-bench: how fast, how cheap and how prompt the built gateway is, on private servers. Numbers on stdout, progress
// on stderr. Exits 0 when everything that was measured was also done right.
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "bench/ceiling.hpp"
#include "bench/drain.hpp"
#include "bench/rate.hpp"
#include "bench/reload.hpp"
#include "bench/report.hpp"

namespace dlrgw::bench {
namespace {

constexpr const char* kUsage =
    "usage: dlr-bench [--json] [--quick] [--runs N] [--drain-only] [--reload-only] [--statements]\n"
    "  --json        the medians as JSON\n"
    "  --quick       a tenth of the messages, a fifth of the receipts: for trying, not for comparing\n"
    "  --runs N      medians of N runs (default 3)\n"
    "  --drain-only  neither rates nor the ceiling\n"
    "  --reload-only plugin files that change beside 2,000 receipts/s, and nothing else\n"
    "  --statements  also what PostgreSQL spent on each statement of the drain; costs some per cent itself\n";
constexpr const char* kDatabase = "bench_run";

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--json") {
      options.json = true;
    } else if (word == "--quick") {
      options.make_quick();
    } else if (word == "--statements") {
      options.statements = true;
    } else if (word == "--drain-only") {
      options.drain_only = true;
    } else if (word == "--reload-only") {
      options.reload_only = true;
    } else if (word == "--runs" && i + 1 < argc) {
      const char* text = argv[++i];
      const char* end = text + std::strlen(text);
      if (std::from_chars(text, end, options.runs).ptr != end || options.runs < 1) return false;
    } else {
      return false;
    }
  }
  return options.messages_needed() <= options.messages;
}

void put_drain(Measurements& out, const Drain& drain, std::int64_t count) {
  const auto n = static_cast<double>(count);
  out["drain.receipts_per_s"].push_back(n / drain.seconds);
  out["drain.committed_per_s"].push_back(n / drain.committed_seconds);
  for (const char* process : {kGateway, kPostgres, kNats, kRedis})
    out[std::string("cpu_us_per_receipt.") + process].push_back(drain.cpu.at(process) / n);
  out["wal_bytes_per_receipt"].push_back(drain.wal_bytes / n);
  out["rss_mib"].push_back(drain.rss_mib);
  out["ready_s"].push_back(drain.ready_s);
  out["machine.share_of_others"].push_back(share_of_others(drain.cpu));
}

void put_rate(Measurements& out, int per_second, const Rate& rate) {
  const std::string key = "rate." + std::to_string(per_second) + ".";
  out[key + "commit_p50_ms"].push_back(rate.commit_p50_ms);
  out[key + "commit_p99_ms"].push_back(rate.commit_p99_ms);
  out[key + "relay_p50_ms"].push_back(rate.relay_p50_ms);
  out[key + "relay_p99_ms"].push_back(rate.relay_p99_ms);
  out[key + "achieved_per_s"].push_back(rate.achieved_per_s);
}

void note_drain(const Measurements& out, const std::string& prefix, Progress& progress) {
  const auto last = [&](const char* key) { return std::to_string(static_cast<int>(out.at(key).back())); };
  const int others = static_cast<int>(100 * out.at("machine.share_of_others").back());
  progress.note(prefix + "drain: " + last("drain.receipts_per_s") + " receipts/s, gateway " +
                last("cpu_us_per_receipt.gateway") + " us, PostgreSQL " + last("cpu_us_per_receipt.postgres") +
                " us of CPU per receipt, others " + std::to_string(others) + " % of the busy time");
}

void run_rates(World& world, const Options& options, const std::string& prefix, Measurements& out, Progress& progress) {
  const auto gateway = world.ready_gateway(kDatabase);
  std::int64_t first = options.drain;
  for (const int per_second : options.rates) {
    progress.step(prefix + std::to_string(per_second) + " receipts/s");
    world.settle(kDatabase);
    put_rate(out, per_second, run_rate(world, options, kDatabase, first, per_second, *gateway, progress));
    first += options.receipts_at(per_second);
  }
  World::end(*gateway);
}

void run_once(World& world, const Options& options, const Script& script, int run, Measurements& out,
              Progress& progress) {
  const std::string prefix = "run " + std::to_string(run) + " of " + std::to_string(options.runs) + ", ";
  // Before and after the drain: a virtual machine may be half as fast a minute later.
  std::vector<Ceiling> ceilings;
  const auto measure_ceiling = [&] {
    if (!options.drain_only) ceilings.push_back(run_ceiling(world, script, options.capture, progress));
  };
  measure_ceiling();
  progress.step(prefix + "drain");
  world.fresh_database(kDatabase);
  world.fresh_streams();
  if (options.statements) forget_statements(world, kDatabase);
  std::unique_ptr<test::GatewayProcess> gateway;
  const Drain drain = run_drain(world, kDatabase, 0, options.drain, gateway, progress);
  World::end(*gateway);
  put_drain(out, drain, options.drain);
  note_drain(out, prefix, progress);
  if (options.statements) std::fprintf(stderr, "%s", statement_table(world, kDatabase, options.drain).c_str());
  measure_ceiling();
  if (!options.drain_only) {
    const Ceiling ceiling = mean(ceilings);
    out["ceiling.receipts_per_s"].push_back(ceiling.receipts_per_s);
    out["ceiling.postgres_cpu_us_per_receipt"].push_back(ceiling.postgres_cpu_us);
    out["drain.ratio_to_ceiling"].push_back(out["drain.receipts_per_s"].back() / ceiling.receipts_per_s);
    run_rates(world, options, prefix, out, progress);
  }
  world.drop_database(kDatabase);
}

void reload_once(World& world, const Options& options, int run, Measurements& out, Progress& progress) {
  progress.step("run " + std::to_string(run) + " of " + std::to_string(options.runs) + ", reloads");
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

int bench(const Options& options) {
  Progress progress;
  World world(options, progress);
  const bool drain_only = options.drain_only || options.reload_only;
  const Script script = drain_only ? Script{} : capture(world, options.capture, progress);
  Measurements measurements;
  for (int run = 1; run <= options.runs; ++run) {
    if (options.reload_only) {
      reload_once(world, options, run, measurements, progress);
    } else {
      run_once(world, options, script, run, measurements, progress);
    }
  }
  progress.note("done");
  if (options.json) {
    std::fputs(to_json(measurements).c_str(), stdout);
  } else {
    std::printf("%s", to_table(measurements).c_str());
    if (options.reload_only) return 0;
    std::printf(
        "Medians of %d run(s), %lld receipts each, %lld messages. commit: from the publish until NATS passes on the\n"
        "acknowledgement that follows the commit, an upper bound. relay: until the last event is read from its "
        "stream.\n"
        "Floors and goals are for two cores that carry everything; docs/performance.md says how to read this.\n",
        options.runs, static_cast<long long>(options.drain), static_cast<long long>(options.messages));
  }
  return 0;
}

}  // namespace
}  // namespace dlrgw::bench

int main(int argc, char** argv) {
  using namespace dlrgw::bench;
  Options options;
  if (!parse(argc, argv, options)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  struct sigaction action {};
  action.sa_handler = [](int) { g_interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  try {
    return bench(options);
  } catch (const Interrupted&) {
    std::fprintf(stderr, "\ndlr-bench: interrupted\n");
    return 130;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "\ndlr-bench: %s\n", error.what());
    return 1;
  }
}
