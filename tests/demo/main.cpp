// SPDX-License-Identifier: Apache-2.0
// dlr-demo: the whole gateway on private servers, a thousand receipts and more of every kind, and a table that says
// whether each became what it had to. Exits 0 only when everything agrees.
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "demo/compare.hpp"
#include "demo/manifest.hpp"
#include "demo/observe.hpp"
#include "demo/report.hpp"
#include "demo/run.hpp"
#include "support/event_file.hpp"
#include "support/scenario.hpp"

namespace dlrgw::demo {
namespace {

constexpr const char* kUsage =
    "usage: dlr-demo [--seed N] [--count N] [--events FILE] [--keep]\n"
    "  --seed N   what is generated follows from it (default 1)\n"
    "  --count N  at least so many receipts (default 1000, which is also the least)\n"
    "  --events FILE  writes down every event that was published, one JSON object a line\n"
    "  --keep     leave everything running and print how to reach it; Ctrl-C ends it\n";

struct Arguments {
  std::uint64_t seed = 1;
  std::int64_t count = 1000;
  std::string events;
  bool keep = false;
};

template <typename T>
bool parse_number(const char* text, T& value) {
  const auto* end = text + std::strlen(text);
  return std::from_chars(text, end, value).ptr == end && end != text;
}

bool parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--keep")
      arguments.keep = true;
    else if (word == "--seed" && i + 1 < argc && parse_number(argv[i + 1], arguments.seed))
      ++i;
    else if (word == "--count" && i + 1 < argc && parse_number(argv[i + 1], arguments.count))
      ++i;
    else if (word == "--events" && i + 1 < argc)
      arguments.events = argv[++i];
    else
      return false;
  }
  return true;
}

void say_where(test::Scenario& scenario) {
  const auto& gateway = scenario.gateway();
  std::printf(
      "\nEverything is still running; Ctrl-C ends it.\n"
      "  public HTTP   http://%s/ready\n  admin HTTP    http://%s/metrics\n  PostgreSQL    psql '%s'\n"
      "  NATS          %s\n  Redis         %s\n  gateway log   %s\n",
      gateway.public_address().c_str(), gateway.admin_address().c_str(), scenario.postgres().admin_dsn().c_str(),
      scenario.nats().admin_url().c_str(), scenario.redis().url().c_str(), gateway.log_path().c_str());
  std::fflush(stdout);
}

void wait_for_interrupt() {
  sigset_t ends;
  sigset_t old;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, &old);
  int received = 0;
  if (g_interrupted == 0) sigwait(&ends, &received);
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

int demo(const Arguments& arguments) {
  std::printf("Starting PostgreSQL, NATS and Redis on free ports; migrating and provisioning.\n");
  std::fflush(stdout);
  test::ScenarioOptions options;
  options.postgres.fast = false;
  options.gateway.config_text = demo_config();
  test::Scenario scenario(options);
  auto& gateway = scenario.gateway();
  gateway.start();
  if (!gateway.wait_ready()) {
    std::fprintf(stderr, "dlr-demo: the gateway is not ready\n%s", gateway.error_output().c_str());
    for (const auto& line : gateway.logs()) std::fprintf(stderr, "%s\n", line.c_str());
    return 1;
  }
  const Manifest manifest = make_manifest(arguments.seed, arguments.count);
  std::printf("The gateway is ready. Seed %llu: %zu receipts of %zu kinds for %zu messages.\n",
              static_cast<unsigned long long>(arguments.seed), manifest.receipts.size(), manifest.kinds.size(),
              manifest.messages.size());
  Progress progress;
  run(scenario, manifest, progress);
  progress.done();
  const Comparison comparison = compare(manifest, observe(scenario));
  std::printf("%s\n", to_table(comparison).c_str());
  std::printf(comparison.agrees() ? "Everything agrees (seed %llu).\n" : "NOT everything agrees (seed %llu).\n",
              static_cast<unsigned long long>(arguments.seed));
  if (!arguments.events.empty())
    test::write_event_file(scenario.nats(), arguments.events, [](const std::string&) { return std::string("demo"); });
  if (arguments.keep) {
    say_where(scenario);
    wait_for_interrupt();
  }
  const int drained = gateway.terminate();
  if (drained != 0) std::fprintf(stderr, "dlr-demo: the gateway ended with %d after SIGTERM\n", drained);
  return comparison.agrees() && drained == 0 ? 0 : 1;
}

}  // namespace
}  // namespace dlrgw::demo

int main(int argc, char** argv) {
  using namespace dlrgw::demo;
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  struct sigaction action {};
  action.sa_handler = [](int) { g_interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  try {
    return demo(arguments);
  } catch (const Interrupted&) {
    std::fprintf(stderr, "\ndlr-demo: interrupted\n");
    return 130;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "\ndlr-demo: %s\n", error.what());
    return 1;
  }
}
