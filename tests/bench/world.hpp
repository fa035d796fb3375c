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
  // Servers up, migrated, messages loaded, tables of the bare loop made.
  World(const Options& options, Progress& progress);

  [[nodiscard]] test::Servers& servers() { return servers_; }
  [[nodiscard]] std::string admin_dsn(const std::string& database) const;  // superuser
  // `name` is what the preloaded database was; anything of that name is dropped before. A checkpoint follows.
  void fresh_database(const std::string& name);
  // What the work before has left to be done is done: dead rows vacuumed, dirty pages of all servers on the disk.
  void settle(const std::string& database);
  // Millions of stored receipts of other messages, over the four weeks before, as the gateway's own are.
  void add_history(const std::string& name, int millions, Progress& progress);
  void drop_database(const std::string& name);
  // Empty streams, a new consumer, no fingerprints.
  void fresh_streams();

 private:
  void preload(const Options& options, Progress& progress);
  test::Servers servers_;
  void checkpoint();
  std::unique_ptr<Pg> admin_;  // to a database that nobody copies
};

}  // namespace dlrgw::bench
