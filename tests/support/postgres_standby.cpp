// SPDX-License-Identifier: Apache-2.0
#include "support/postgres_standby.hpp"

#include <stdexcept>

#include <pqxx/pqxx>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/port_lease.hpp"
#include "support/postgres_cluster.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {}  // namespace

struct TestStandby::Impl {
  std::uint16_t primary_port = 0;
  TempDir dir;
  PortLease port;
  std::string data_dir;
  ChildProcess server;

  [[nodiscard]] std::string value(const std::string& dsn, const std::string& sql) const {
    pqxx::connection connection(dsn);
    return pqxx::nontransaction(connection).exec(sql)[0][0].c_str();
  }
};

TestStandby::TestStandby(TestPostgres& primary) : impl_(std::make_unique<Impl>()) {
  impl_->primary_port = primary.port();
  impl_->data_dir = impl_->dir.make_dir("pg", postgres_user()) + "/data";
  const std::string log = impl_->dir.path() + "/log";
  SpawnOptions copy;
  copy.argv = {postgres_bin_dir() + "/pg_basebackup",
               "-D",
               impl_->data_dir,
               "--write-recovery-conf",
               "--no-sync",
               "--checkpoint=fast",
               "-d",
               "host=127.0.0.1 port=" + std::to_string(primary.port()) + " user=postgres"};
  copy.env = {"PATH=/usr/bin:/bin", std::string("PGPASSWORD=") + kPostgresAdminPassword};
  copy.run_as = postgres_user();
  copy.stdout_path = log;
  if (run_to_end(copy) != 0) throw std::runtime_error("pg_basebackup failed: " + read_file(log));
  impl_->server = start_postmaster(impl_->data_dir, impl_->port.port(), log, {"fsync=off", "hot_standby=on"});
  if (!eventually(
          [&] { return primary.count("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 1; }))
    throw std::runtime_error("the standby does not follow: " + read_file(log));
}

TestStandby::~TestStandby() {
  impl_->server.signal(SIGQUIT);
  impl_->server.wait();
}

std::uint16_t TestStandby::port() const { return impl_->port.port(); }

std::string TestStandby::admin_dsn() const {
  return "host=127.0.0.1 port=" + std::to_string(port()) +
         " dbname=sms user=postgres password=" + kPostgresAdminPassword;
}

std::string TestStandby::dsn_of_both() const {
  return "host=127.0.0.1,127.0.0.1 port=" + std::to_string(impl_->primary_port) + "," + std::to_string(port()) +
         " dbname=sms";
}

void TestStandby::promote() {
  if (impl_->value(admin_dsn(), "SELECT pg_promote(true, 60)") != "t") throw std::runtime_error("promotion failed");
}

}  // namespace dlrgw::test
