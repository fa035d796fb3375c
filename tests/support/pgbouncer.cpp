// SPDX-License-Identifier: Apache-2.0
#include "support/pgbouncer.hpp"

#include <stdexcept>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/port_lease.hpp"
#include "support/postgres_cluster.hpp"
#include "support/socket.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

std::string doubled(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace

struct TestPgBouncer::Impl {
  TempDir dir;
  PortLease port;
  ChildProcess process;
};

TestPgBouncer::TestPgBouncer(const TestPostgres& server, const PgBouncerOptions& options)
    : impl_(std::make_unique<Impl>()) {
  std::string users;
  for (const auto& [name, password] : options.users) users += doubled(name) + " " + doubled(password) + "\n";
  const std::string auth_file = impl_->dir.write_file("users.txt", users);
  const std::string ini = impl_->dir.write_file(
      "pgbouncer.ini",
      "[databases]\nsms = host=127.0.0.1 port=" + std::to_string(server.port()) +
          " dbname=sms\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " + std::to_string(impl_->port.port()) +
          "\nunix_socket_dir =\nauth_type = trust\nauth_file = " + auth_file + "\npool_mode = " + options.pool_mode +
          "\ndefault_pool_size = " + std::to_string(options.pool_size) + "\n");
  SpawnOptions spawn;
  spawn.argv = {"/usr/sbin/pgbouncer", ini};
  spawn.run_as = postgres_user();
  const std::string log = impl_->dir.path() + "/log";
  spawn.stdout_path = log;
  impl_->process = ChildProcess(spawn);
  const bool ready =
      eventually([&] { return !impl_->process.running() || read_file(log).find("process up") != std::string::npos; });
  if (!ready || !impl_->process.running()) throw std::runtime_error("PgBouncer did not start: " + read_file(log));
}

TestPgBouncer::~TestPgBouncer() = default;

std::string TestPgBouncer::dsn() const {
  return "host=127.0.0.1 port=" + std::to_string(impl_->port.port()) + " dbname=sms";
}

}  // namespace dlrgw::test
