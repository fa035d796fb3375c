// SPDX-License-Identifier: Apache-2.0
// The built dlr-gateway as a child process against private servers, with the environment that the shipped
// gateway.toml reads. Owned by the test; one thread, except that metrics, get and logs may be called from any.
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/eventually.hpp"
#include "support/http_client.hpp"
#include "support/metrics.hpp"
#include "support/servers.hpp"

namespace dlrgw::test {

struct GatewayOptions {
  std::string binary;       // empty: the one of this build
  std::string plugin_dir;   // empty: the plugins of this build
  std::string config_path;  // empty: the shipped config/gateway.toml
  std::string config_text;  // not empty: written to a private file and used instead
  unsigned replica = 0;
  std::map<std::string, std::string> env;  // added to or replacing what is built from the servers
};

// The program, the plugins and the configuration that empty options stand for.
[[nodiscard]] const GatewayOptions& shipped_gateway();

struct CliResult {
  int exit_code = -1;
  std::string out;
  std::string err;
};

class GatewayProcess {
 public:
  // Nothing is started yet. The servers must outlive it.
  explicit GatewayProcess(Servers& servers, GatewayOptions options = {});
  ~GatewayProcess();  // kill -9
  GatewayProcess(const GatewayProcess&) = delete;
  GatewayProcess& operator=(const GatewayProcess&) = delete;

  // `dlr-gateway run`; fail_point "name" or "name:n" ends it with SIGKILL at the n-th hit (test builds only).
  void start(const std::string& fail_point = {});
  // Until GET /ready answers 200; false when it never does or the process ended.
  bool wait_ready();
  [[nodiscard]] bool running();
  [[nodiscard]] int pid() const;
  void signal(int number);
  void kill9();
  // SIGTERM; the exit code: 0 is what a drain ends with. Throws when it does not end in time.
  int terminate();
  std::optional<int> wait_exit();  // as ChildProcess::wait

  // Of the running process, from its log line dlr.http.listening; empty before it.
  [[nodiscard]] std::string public_address() const;
  [[nodiscard]] std::string admin_address() const;
  [[nodiscard]] HttpReply get(const std::string& target) const;
  [[nodiscard]] HttpReply admin_get(const std::string& target) const;
  [[nodiscard]] Metrics metrics() const;  // of the running process; throws when the scrape fails

  // Log lines of every start so far, in order; only those of one event when it is given.
  [[nodiscard]] std::vector<std::string> logs(std::string_view event = {}) const;
  [[nodiscard]] std::string log_path() const;
  [[nodiscard]] std::string error_output() const;  // what it wrote to stderr
  [[nodiscard]] std::string state_dir() const;
  [[nodiscard]] std::string config_path() const;

  // Another run of the same program, for example {"migrate", "--dsn", …}; `--config` is not added.
  [[nodiscard]] CliResult run_cli(const std::vector<std::string>& arguments,
                                  const std::map<std::string, std::string>& env = {}) const;
  // `migrate` and `provision --with-outbound` as administrator. Throws with their output when they fail.
  void migrate() const;
  void provision() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::test
