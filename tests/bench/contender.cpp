// SPDX-License-Identifier: Apache-2.0
#include "bench/contender.hpp"

#include <csignal>
#include <filesystem>
#include <stdexcept>

#include "bench/usage.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::bench {
namespace {

constexpr std::size_t kLastLines = 10;

void check_exit(int code) {
  if (code != 0) throw std::runtime_error("the process ended with " + std::to_string(code) + " after SIGTERM");
}

test::GatewayOptions options_of(World& world, const BuiltGateway::Wish& wish) {
  test::GatewayOptions result;
  result.plugin_dir = wish.plugin_dir;
  result.env["DLRGW_PG"] = world.servers().postgres.dsn() + " dbname=" + wish.database;
  if (wish.trace) result.env["LOG_LEVEL"] = "debug";
  return result;
}

class BareLoop : public Contender {
 public:
  BareLoop(World& world, const std::string& database)
      : nats_url_(world.servers().nats.admin_url()), conninfo_(world.admin_dsn(database)) {
    cpu_role = kLoop;
    receipts = "bench.receipts";
    schema = "bench";
  }
  void start() override {
    test::SpawnOptions options;
    options.argv = {DLRGW_BENCH_LOOP, nats_url_, conninfo_};
    options.stdout_path = log_path();
    options.stderr_path = error_path();
    process_ = test::ChildProcess(options);
  }
  bool running() override { return process_.running(); }
  bool ready() override {
    return std::filesystem::exists(log_path()) && test::read_file(log_path()).starts_with("ready");
  }
  int pid() const override { return process_.pid(); }
  std::string last_words() const override { return test::read_file(error_path()); }
  std::string log_path() const { return dir_.path() + "/loop.out"; }
  void end() override {
    process_.signal(SIGTERM);
    const auto code = process_.wait();
    if (!code) throw std::runtime_error("the bare loop did not end after SIGTERM");
    check_exit(*code);
  }

 private:
  std::string error_path() const { return dir_.path() + "/loop.err"; }
  test::TempDir dir_;
  const std::string nats_url_;
  const std::string conninfo_;
  test::ChildProcess process_;
};

}  // namespace

BuiltGateway::BuiltGateway(World& world, const Wish& wish) : process_(world.servers(), options_of(world, wish)) {
  cpu_role = kGateway;
  receipts = "dlr.delivery_receipts";
  schema = "dlr";
}

std::string BuiltGateway::last_words() const {
  std::string text = process_.error_output();
  const auto lines = process_.logs();
  for (std::size_t i = lines.size() > kLastLines ? lines.size() - kLastLines : 0; i < lines.size(); ++i)
    text += lines[i] + "\n";
  return text;
}

void BuiltGateway::end() { check_exit(process_.terminate()); }

std::unique_ptr<Contender> bare_loop(World& world, const std::string& database) {
  return std::make_unique<BareLoop>(world, database);
}

void start_ready(Contender& contender) {
  contender.start();
  const bool ready = test::eventually([&] { return !contender.running() || contender.ready(); }) && contender.running();
  if (!ready) throw std::runtime_error("the process does not get ready: " + contender.last_words());
}

}  // namespace dlrgw::bench
