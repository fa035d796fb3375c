// SPDX-License-Identifier: Apache-2.0
#include "bench/world.hpp"

#include <algorithm>
#include <stdexcept>
#include <unistd.h>

#include "bench/bare/store.hpp"
#include "bench/load.hpp"
#include "support/gateway.hpp"
#include "support/nats_client.hpp"

namespace dlrgw::bench {
namespace {

constexpr const char* kPreloaded = "sms";
constexpr std::int64_t kRowsPerInsert = 100'000;

test::PostgresOptions postgres_options(const Options& options) {
  test::PostgresOptions result;
  result.statement_statistics = options.statements;
  // Durable commits are the server's default; said here because the numbers mean nothing without them. A server that
  // has run for a while has log files to reuse; in a new one commits wait now and then until an empty one is on the
  // disk.
  result.settings = {"fsync=on", "synchronous_commit=on", "min_wal_size=1GB"};
  return result;
}

}  // namespace

World::World(const Options& options, Progress& progress) : servers_(postgres_options(options)) {
  progress.step("migrating");
  test::GatewayProcess(servers_).migrate();
  preload(options, progress);
  servers_.postgres.restart();  // a database can be copied only while nobody is connected to it
  admin_ = std::make_unique<Pg>(admin_dsn("postgres"));
}

std::string World::admin_dsn(const std::string& database) const {
  return servers_.postgres.admin_dsn() + " dbname=" + database;  // libpq takes the last one
}

// Operator ids ascend like those of a message centre; message ids are as scattered as random UUIDs.
void World::preload(const Options& options, Progress& progress) {
  Pg db(admin_dsn(kPreloaded));
  progress.step("loading messages");
  for (std::int64_t first = 0; first < options.messages; first += kRowsPerInsert) {
    const std::string series = "generate_series(" + std::to_string(first) + ", " +
                               std::to_string(std::min(first + kRowsPerInsert, options.messages) - 1) + ") n";
    db.exec(
        "INSERT INTO orch.sms_messages (message_id, account_id, operator_id, to_addr, from_addr, segment_count, "
        "status, "
        "submitted_at) SELECT md5('dlr-bench message ' || n)::uuid, md5('dlr-bench account ' || n % 100)::uuid, '" +
        std::string(kOperator) +
        "', '+1555' || lpad((n % 10000000)::text, 7, '0'), '+15550100000', 1, 'SUBMITTED', now() - interval '1 hour' "
        "FROM " +
        series);
    db.exec(
        "INSERT INTO smpp.message_correlations (operator_id, operator_message_id, message_id, connector_id, "
        "submitted_at) SELECT '" +
        std::string(kOperator) +
        "', '7' || lpad(n::text, 12, '0'), md5('dlr-bench message ' || n)::uuid, 'bind-1', now() - interval '1 hour' "
        "FROM " +
        series);
    progress.show(std::to_string(first + kRowsPerInsert) + " of " + std::to_string(options.messages));
  }
  create_bare_tables(db);
  progress.step("vacuuming what was loaded");
  db.exec("VACUUM (FREEZE, ANALYZE) orch.sms_messages");
  db.exec("VACUUM (FREEZE, ANALYZE) smpp.message_correlations");
}

void World::drop_database(const std::string& name) {
  admin_->exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
}

void World::fresh_database(const std::string& name) {
  drop_database(name);
  admin_->exec("CREATE DATABASE " + name + " TEMPLATE " + kPreloaded + " STRATEGY file_copy");
  checkpoint();
}

void World::checkpoint() { admin_->exec("CHECKPOINT"); }

void World::settle(const std::string& database) {
  Pg db(admin_dsn(database));
  db.exec("VACUUM (ANALYZE)");
  checkpoint();
  ::sync();  // what NATS and the log have written stands between a commit and the disk
}

void World::fresh_streams() {
  {
    const test::NatsClient admin(servers_.nats.admin_url());
    for (const char* stream : {test::kInboundStream, test::kCaptureStream}) {
      jsErrCode error{};
      const natsStatus status = js_DeleteStream(admin.js(), stream, nullptr, &error);
      if (status != NATS_NOT_FOUND) test::nats_check(status, std::string("delete stream ") + stream, error);
    }
  }
  test::GatewayProcess(servers_).provision();
  servers_.redis.flush();
}

}  // namespace dlrgw::bench
