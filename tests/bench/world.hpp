// SPDX-License-Identifier: Apache-2.0
// The machine park of one bench: PostgreSQL with durable commits, NATS with file storage, Redis, and a database of
// preloaded messages that every phase gets a fresh copy of. Owned by main; one thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "bench/options.hpp"
#include "bench/pg.hpp"
#include "bench/progress.hpp"
#include "support/gateway.hpp"
#include "support/servers.hpp"

namespace dlrgw::bench {

class World {
 public:
  // Servers up, migrated, messages loaded.
  World(const Options& options, Progress& progress);

  [[nodiscard]] test::Servers& servers() { return servers_; }
  [[nodiscard]] std::string admin_dsn(const std::string& database) const;  // superuser
  // `name` is what the preloaded database was; anything of that name is dropped before. A checkpoint follows.
  void fresh_database(const std::string& name);
  // What the work before has left to be done is done: dead rows vacuumed, dirty pages of all servers on the disk.
  void settle(const std::string& database);
  void drop_database(const std::string& name);
  // Empty streams, a new consumer, no fingerprints.
  void fresh_streams();
  // A gateway for that database, with the plugins of this build or of that folder; not started.
  [[nodiscard]] std::unique_ptr<test::GatewayProcess> gateway(const std::string& database,
                                                              const std::string& plugin_dir = {});
  // The same, started and ready.
  [[nodiscard]] std::unique_ptr<test::GatewayProcess> ready_gateway(const std::string& database,
                                                                    const std::string& plugin_dir = {});
  // Turns on or off that the server logs every statement of the gateway's lanes and relay.
  void log_statements(bool on);
  // Where the server logs, as JSON lines.
  [[nodiscard]] std::string log_directory();

  // Ends it by SIGTERM. Throws unless it ends well.
  static void end(test::GatewayProcess& gateway);

 private:
  void preload(const Options& options, Progress& progress);
  test::Servers servers_;
  void checkpoint();
  std::unique_ptr<Pg> admin_;  // to a database that nobody copies
};

inline constexpr const char* kOperator = "mno-bench";

}  // namespace dlrgw::bench
