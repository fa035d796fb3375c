// SPDX-License-Identifier: Apache-2.0
#include "support/redis.hpp"

#include <stdexcept>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/port_lease.hpp"
#include "support/socket.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {}

struct TestRedis::Impl {
  TempDir dir;
  PortLease port;
  std::vector<std::string> arguments;
  ChildProcess server;
};

TestRedis::TestRedis(std::vector<std::string> arguments) : impl_(std::make_unique<Impl>()) {
  impl_->arguments = std::move(arguments);
  start();
}
TestRedis::~TestRedis() = default;

std::uint16_t TestRedis::port() const { return impl_->port.port(); }
std::string TestRedis::url() const { return "redis://127.0.0.1:" + std::to_string(port()); }
bool TestRedis::running() { return impl_->server.running(); }
void TestRedis::pause() { impl_->server.signal(SIGSTOP); }
void TestRedis::resume() { impl_->server.signal(SIGCONT); }

void TestRedis::start() {
  if (running()) return;
  const std::string log = impl_->dir.path() + "/redis.log";
  SpawnOptions options;
  options.argv = {"redis-server", "--port", std::to_string(port()), "--bind", "127.0.0.1", "--save", "", "--appendonly",
                  "no",           "--dir",  impl_->dir.path()};
  options.argv.insert(options.argv.end(), impl_->arguments.begin(), impl_->arguments.end());
  options.stdout_path = log;
  impl_->server = ChildProcess(options);
  const auto answers = [this] {
    try {
      return command({"PING"}) == "PONG";
    } catch (const std::runtime_error&) {
      return false;  // polled until it is up
    }
  };
  const bool up = eventually([&] { return !running() || answers(); });
  if (!up || !running()) throw std::runtime_error("redis-server did not start: " + read_file(log));
}

void TestRedis::stop() {
  resume();
  impl_->server.signal(SIGTERM);
  if (!impl_->server.wait()) throw std::runtime_error("redis-server did not stop");
}

std::string TestRedis::command(const std::vector<std::string>& words) {
  std::string request = "*" + std::to_string(words.size()) + "\r\n";
  for (const auto& word : words) request += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  Socket socket("127.0.0.1", port(), kPatience);
  socket.send(request);
  std::string line = socket.read_line();
  const std::string rest = line.substr(1, line.size() - 3);  // without the type and "\r\n"
  switch (line.front()) {
    case '+':
    case ':':
      return rest;
    case '$':
      return rest == "-1" ? "(nil)" : socket.read_exactly(std::stoul(rest));
    default:
      return "(error) " + rest;
  }
}

}  // namespace dlrgw::test
