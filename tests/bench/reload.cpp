// SPDX-License-Identifier: Apache-2.0
#include "bench/reload.hpp"

#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "bench/observer.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kBetween{500};
constexpr std::chrono::milliseconds kPoll{20};
constexpr const char* kChanged = "dlrgw_normalise.so";

// Another file with the same code: bytes behind an ELF file mean nothing, and its digest is new.
void change(const fs::path& plugin) {
  const fs::path aside = plugin.string() + ".new";
  fs::copy_file(plugin, aside);
  std::ofstream(aside, std::ios::app | std::ios::binary) << '\0';
  fs::rename(aside, plugin);
}

class Reloader {
 public:
  Reloader(const test::GatewayProcess& gateway, fs::path plugin)
      : gateway_(gateway), plugin_(std::move(plugin)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

  std::vector<double> finish() {
    thread_.request_stop();
    thread_.join();
    if (failed_) std::rethrow_exception(failed_);
    return std::move(took_ms_);
  }

 private:
  void run(const std::stop_token& stop) {
    try {
      for (auto next = Clock::now(); !stop.stop_requested(); next += kBetween) {
        while (Clock::now() < next && !stop.stop_requested()) test::beat(kPoll);
        change(plugin_);
        const auto asked = Clock::now();
        const test::CliResult result = gateway_.run_cli({"reload", "--state-dir", gateway_.state_dir()});
        took_ms_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - asked).count());
        if (result.exit_code != 0) throw std::runtime_error("a reload was refused: " + result.err);
      }
    } catch (...) {
      failed_ = std::current_exception();
    }
  }

  const test::GatewayProcess& gateway_;
  const fs::path plugin_;
  std::vector<double> took_ms_;
  std::exception_ptr failed_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace

Reloads run_reloads(World& world, const Options& options, const std::string& database, int per_second,
                    Progress& progress) {
  const test::TempDir dir;
  const std::string plugins = dir.path() + "/plugins";
  fs::copy(DLRGW_BENCH_PLUGIN_DIR, plugins);
  BuiltGateway gateway(world, {.database = database, .plugin_dir = plugins});
  start_ready(gateway);
  const auto rate = [&](std::int64_t first) {
    return run_rate(world, options, database, first, per_second, gateway, progress);
  };
  Reloads out;
  out.without = rate(0);
  Reloader reloader(gateway.process(), fs::path(plugins) / kChanged);
  out.beside = rate(options.receipts_at(per_second));
  out.took_ms = reloader.finish();
  gateway.end();
  return out;
}

}  // namespace dlrgw::bench
