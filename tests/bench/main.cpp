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

#include "bench/run.hpp"

namespace dlrgw::bench {
namespace {

constexpr const char* kUsage =
    "usage: dlr-bench [--json] [--quick] [--runs N] [--history N] [--drain-only] [--reload-only] [--statements] "
    "[--trace]\n"
    "  --json        the medians as JSON\n"
    "  --quick       a tenth of the messages, a fifth of the receipts: for trying, not for comparing\n"
    "  --runs N      medians of N runs (default 3)\n"
    "  --history N   N million stored receipts before each drain of the gateway; 20 take 25 GB of disk\n"
    "  --drain-only  no rates\n"
    "  --reload-only plugin files that change beside 2,000 receipts/s, and nothing else\n"
    "  --statements  also what PostgreSQL spent on each statement of the drain; costs some per cent itself\n"
    "  --trace       also where the slowest 20 batches of the drain and of each rate spent their time, in ms\n";

bool read_number(const char* text, int least, int& out) {
  const char* end = text + std::strlen(text);
  return std::from_chars(text, end, out).ptr == end && out >= least;
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--json") {
      options.json = true;
    } else if (word == "--quick") {
      options.make_quick();
    } else if (word == "--statements") {
      options.statements = true;
    } else if (word == "--trace") {
      options.trace = true;
    } else if (word == "--drain-only") {
      options.drain_only = true;
    } else if (word == "--reload-only") {
      options.reload_only = true;
    } else if (word == "--runs" && i + 1 < argc) {
      if (!read_number(argv[++i], 1, options.runs)) return false;
    } else if (word == "--history" && i + 1 < argc) {
      if (!read_number(argv[++i], 0, options.history)) return false;
    } else {
      return false;
    }
  }
  return options.messages_needed() <= options.messages;
}

int bench(const Options& options) {
  Progress progress;
  World world(options, progress);
  Measurements measurements;
  for (int run = 1; run <= options.runs; ++run) {
    if (options.reload_only) {
      reload_once(world, options, run, measurements, progress);
    } else {
      run_once(world, options, run, measurements, progress);
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
