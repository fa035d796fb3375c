// SPDX-License-Identifier: Apache-2.0
#include "support/gateway.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/json.hpp"
#include "support/private_data.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace fs = std::filesystem;
namespace {

constexpr const char* kPasswordVariables[] = {"DLRGW_PG_SVC_PASSWORD", "DLRGW_PG_RELAY_PASSWORD",
                                              "DLRGW_PG_ADMIN_PASSWORD", "DLRGW_PG_PORTAL_PASSWORD",
                                              "DLRGW_PG_MAINT_PASSWORD"};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t first = 0;
  for (std::size_t end = 0; (end = text.find('\n', first)) != std::string::npos; first = end + 1)
    lines.push_back(text.substr(first, end - first));
  return lines;  // an unfinished last line is not a line yet
}

std::string text_of(const std::string& path) { return fs::exists(path) ? read_file(path) : std::string(); }

}  // namespace

const GatewayOptions& shipped_gateway() {
  static const GatewayOptions shipped = [] {
    GatewayOptions options;
    options.binary = DLRGW_TEST_BINARY;
    options.plugin_dir = DLRGW_TEST_PLUGIN_DIR;
    options.config_path = DLRGW_TEST_CONFIG;
    return options;
  }();
  return shipped;
}

struct GatewayProcess::Impl {
  Servers& servers;
  GatewayOptions options;
  TempDir dir;
  ChildProcess process;
  std::uintmax_t log_start = 0;  // size of the log when the process was started
  mutable std::atomic<int> cli_runs{0};

  Impl(Servers& the_servers, GatewayOptions the_options) : servers(the_servers), options(std::move(the_options)) {
    if (options.binary.empty()) options.binary = shipped_gateway().binary;
    if (options.plugin_dir.empty()) options.plugin_dir = shipped_gateway().plugin_dir;
    if (options.config_path.empty()) options.config_path = shipped_gateway().config_path;
    if (!options.config_text.empty()) options.config_path = dir.write_file("gateway.toml", options.config_text);
    static_cast<void>(dir.make_dir("state"));
  }

  std::string log_path() const { return dir.path() + "/gateway.log"; }
  std::string error_path() const { return dir.path() + "/gateway.err"; }

  std::vector<std::string> environment(const std::map<std::string, std::string>& extra) const {
    std::map<std::string, std::string> env;
    for (const char* inherited : {"PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"})
      if (const char* value = std::getenv(inherited)) env[inherited] = value;
    for (const char* variable : kPasswordVariables) env[variable] = std::string("test-") + variable;
    env["DLRGW_NATS_URL"] = servers.nats.url();
    env["DLRGW_PG"] = servers.postgres.dsn();
    env["DLRGW_REDIS_URL"] = servers.redis.url();
    env["DLRGW_HTTP_LISTEN"] = "127.0.0.1:0";
    env["DLRGW_ADMIN_LISTEN"] = "127.0.0.1:0";
    env["DLRGW_STATE_DIR"] = dir.path() + "/state";
    env["DLRGW_PLUGIN_DIR"] = options.plugin_dir;
    env["DLRGW_REPLICA"] = std::to_string(options.replica);
    env["DLRGW_SHUTDOWN_TIMEOUT"] = "150s";  // a busy machine is no plugin that hangs
    for (const auto& [name, value] : options.env) env[name] = value;
    for (const auto& [name, value] : extra) env[name] = value;
    std::vector<std::string> result;
    for (const auto& [name, value] : env) result.push_back(name + "=" + value);
    return result;
  }

  std::string listening(std::string_view field) const {
    const std::string log = text_of(log_path());
    for (const auto& line : lines_of(log.size() > log_start ? log.substr(log_start) : std::string()))
      if (line.find("\"dlr.http.listening\"") != std::string::npos) return json_field(line, field);
    return {};
  }

  void run_or_throw(const GatewayProcess& gateway, const std::vector<std::string>& arguments) const {
    const CliResult result = gateway.run_cli(arguments);
    if (result.exit_code != 0)
      throw std::runtime_error("dlr-gateway " + arguments.front() + " ended with " + std::to_string(result.exit_code) +
                               "\n" + result.out + result.err);
  }
};

GatewayProcess::GatewayProcess(Servers& servers, GatewayOptions options)
    : impl_(std::make_unique<Impl>(servers, std::move(options))) {}
GatewayProcess::~GatewayProcess() {
  impl_->process = {};  // whatever it still had to say
  expect_nothing_private(text_of(log_path()), "the gateway's log");
  expect_nothing_private(error_output(), "the gateway's stderr");
}

void GatewayProcess::start(const std::string& fail_point) {
  if (running()) throw std::logic_error("the gateway is already running");
  impl_->log_start = fs::exists(log_path()) ? fs::file_size(log_path()) : 0;
  SpawnOptions options;
  options.argv = {impl_->options.binary, "run", "--config", config_path()};
  options.env =
      impl_->environment(fail_point.empty() ? std::map<std::string, std::string>{}
                                            : std::map<std::string, std::string>{{"DLRGW_FAIL_POINT", fail_point}});
  options.stdout_path = impl_->log_path();
  options.stderr_path = impl_->error_path();
  impl_->process = ChildProcess(options);
}

bool GatewayProcess::wait_ready() {
  const auto ready = [this] { return get("/ready").status == 200; };
  return eventually([&] { return !running() || ready(); }) && running();
}

bool GatewayProcess::running() { return impl_->process.running(); }
int GatewayProcess::pid() const { return impl_->process.pid(); }
void GatewayProcess::signal(int number) { impl_->process.signal(number); }
void GatewayProcess::kill9() { impl_->process.kill9(); }

int GatewayProcess::terminate() {
  signal(SIGTERM);
  if (const auto code = wait_exit()) return *code;
  throw std::runtime_error("the gateway did not end after SIGTERM");
}

std::optional<int> GatewayProcess::wait_exit() { return impl_->process.wait(); }

std::string GatewayProcess::public_address() const { return impl_->listening("public"); }
std::string GatewayProcess::admin_address() const { return impl_->listening("admin"); }
HttpReply GatewayProcess::get(const std::string& target) const { return http_get(public_address(), target); }
HttpReply GatewayProcess::admin_get(const std::string& target) const { return http_get(admin_address(), target); }

Metrics GatewayProcess::metrics() const {
  const HttpReply reply = admin_get("/metrics");
  if (reply.status != 200) throw std::runtime_error("GET /metrics answered " + std::to_string(reply.status));
  return Metrics::parse(reply.body);
}

std::vector<std::string> GatewayProcess::logs(std::string_view event) const {
  std::vector<std::string> lines = lines_of(text_of(log_path()));
  if (!event.empty())
    std::erase_if(lines, [event](const std::string& line) { return json_field(line, "event") != event; });
  return lines;
}

std::string GatewayProcess::log_path() const { return impl_->log_path(); }
std::string GatewayProcess::error_output() const { return text_of(impl_->error_path()); }
std::string GatewayProcess::state_dir() const { return impl_->dir.path() + "/state"; }
std::string GatewayProcess::config_path() const { return impl_->options.config_path; }

CliResult GatewayProcess::run_cli(const std::vector<std::string>& arguments,
                                  const std::map<std::string, std::string>& env) const {
  const std::string base = impl_->dir.path() + "/cli-" + std::to_string(impl_->cli_runs++);
  SpawnOptions options;
  options.argv = {impl_->options.binary};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.env = impl_->environment(env);
  options.stdout_path = base + ".out";
  options.stderr_path = base + ".err";
  CliResult result;
  result.exit_code = run_to_end(options);
  result.out = read_file(options.stdout_path);
  result.err = read_file(options.stderr_path);
  expect_nothing_private(result.err, arguments.empty() ? "dlr-gateway" : arguments.front());
  return result;
}

void GatewayProcess::migrate() const {
  impl_->run_or_throw(*this, {"migrate", "--config", config_path(), "--dsn", impl_->servers.postgres.admin_dsn()});
}

void GatewayProcess::provision() const {
  impl_->run_or_throw(*this, {"provision", "--config", config_path(), "--nats-url", impl_->servers.nats.admin_url(),
                              "--with-outbound"});
}

}  // namespace dlrgw::test
