// SPDX-License-Identifier: Apache-2.0
// A private Redis without persistence. Owned by the test; helpers from any thread, each with a connection of its own.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dlrgw::test {

class TestRedis {
 public:
  // arguments: more of redis-server's, such as those of a second port under TLS. Started when this returns.
  explicit TestRedis(std::vector<std::string> arguments = {});
  ~TestRedis();
  TestRedis(const TestRedis&) = delete;
  TestRedis& operator=(const TestRedis&) = delete;

  [[nodiscard]] std::string url() const;  // what DLRGW_REDIS_URL takes
  [[nodiscard]] std::uint16_t port() const;

  void start();  // the same port, empty
  void stop();
  [[nodiscard]] bool running();
  void pause();  // SIGSTOP: connections stay, nobody answers
  void resume();

  // The answer as text: a status, a bulk string, a number; "(nil)" for null, "(error) …" for an error.
  std::string command(const std::vector<std::string>& words);
  void flush() { command({"FLUSHALL"}); }
  [[nodiscard]] std::int64_t key_count() { return std::stoll(command({"DBSIZE"})); }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::test
