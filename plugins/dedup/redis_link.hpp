// SPDX-License-Identifier: Apache-2.0
// One Redis connection with a hard deadline per call, connecting included (name resolution is the C library's and is
// not bounded: give an address or a name that resolves locally). Owned by one stage instance; one thread at a time.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "redis_access.hpp"
#include "redis_socket.hpp"

namespace dlrgw::dedup {

class RedisLink {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // access outlives it.
  explicit RedisLink(RedisAccess& access);
  ~RedisLink();
  RedisLink(const RedisLink&) = delete;
  RedisLink& operator=(const RedisLink&) = delete;

  // All throw RedisError and leave the link unconnected; the next call connects again.
  void ping(Deadline deadline);
  // One value per key, in one round trip.
  std::vector<std::optional<std::string>> get_all(std::span<const std::string> keys, Deadline deadline);
  struct Item {
    std::string key;
    std::string value;
    bool replace = false;  // else a value that is there stays
  };
  // SET key value EX ttl [NX] for each, in one round trip.
  void set_all(std::span<const Item> items, std::chrono::seconds ttl, Deadline deadline);
  // Throws when this user or this server takes no writes, and writes nothing: a server looks at the right to write
  // before it looks at options, and these exclude each other.
  void ask_to_write(Deadline deadline);
  void drop();

 private:
  struct Connection;
  template <class F>
  void with_connection(Deadline deadline, F&& exchange);
  RedisAccess& access_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace dlrgw::dedup
