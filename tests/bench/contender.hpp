// SPDX-License-Identifier: Apache-2.0
// What is measured: the built gateway, or the bare loop beside it. A child process that takes receipts from the stream,
// stores them and publishes their events. Neither is started by its constructor. Owned by the phase; one thread.
#pragma once
#include <memory>
#include <string>

#include "bench/world.hpp"
#include "support/gateway.hpp"

namespace dlrgw::bench {

class Contender {
 public:
  virtual ~Contender() = default;
  virtual void start() = 0;
  virtual bool running() = 0;
  [[nodiscard]] virtual bool ready() = 0;  // to take receipts
  [[nodiscard]] virtual int pid() const = 0;
  [[nodiscard]] virtual std::string last_words() const = 0;
  virtual void end() = 0;  // SIGTERM; throws unless it ends well

  std::string cpu_role;  // of usage.hpp
  std::string receipts;  // table with one row per receipt
  std::string schema;    // of all its tables
};

class BuiltGateway : public Contender {
 public:
  struct Wish {
    std::string database;
    std::string plugin_dir = {};  // empty: the plugins of this build
    bool trace = false;           // its log tells of each batch, at level debug
  };
  BuiltGateway(World& world, const Wish& wish);
  void start() override { process_.start(); }
  bool running() override { return process_.running(); }
  bool ready() override { return process_.get("/ready").status == 200; }
  int pid() const override { return process_.pid(); }
  std::string last_words() const override;
  void end() override;
  [[nodiscard]] const test::GatewayProcess& process() const { return process_; }

 private:
  test::GatewayProcess process_;
};

[[nodiscard]] std::unique_ptr<Contender> bare_loop(World& world, const std::string& database);

void start_ready(Contender& contender);  // throws when it does not get ready

}  // namespace dlrgw::bench
