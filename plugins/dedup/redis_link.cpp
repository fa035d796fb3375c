// SPDX-License-Identifier: Apache-2.0
#include "redis_link.hpp"

#include <array>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <utility>

#include <hiredis/hiredis.h>

namespace dlrgw::dedup {
namespace {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

struct FreeReader {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
};

std::string_view text_of(const redisReply& reply) { return {reply.str, static_cast<std::size_t>(reply.len)}; }

// "WRONGPASS" of "WRONGPASS invalid username-password pair": the rest may repeat an argument and is not passed on.
std::string error_class(const redisReply& reply) {
  const std::string_view text = text_of(reply);
  return std::string(text.substr(0, text.find(' ')));
}

}  // namespace

struct RedisLink::Connection {
  Connection(RedisAccess& access, Deadline deadline)
      : tls(access.tls()), socket(access.url().host, access.url().port, tls.get(), deadline) {
    if (!reader) fail_redis("connect", "out of memory");
    log_in(access, deadline);
    if (const std::uint32_t db = access.url().db; db != 0) simple({"SELECT", std::to_string(db)}, deadline, "SELECT");
  }

  void log_in(RedisAccess& access, Deadline deadline) {
    const std::vector<std::string> passwords = access.passwords();
    const std::string& user = access.url().user;
    std::string refused;
    for (const std::string& password : passwords) {
      std::vector<std::string_view> command{"AUTH", user, password};
      if (user.empty()) command.erase(command.begin() + 1);
      append(command);
      send(deadline);
      const Reply reply = receive(deadline);
      if (reply->type != REDIS_REPLY_ERROR) return access.taken(password);
      if (refused.empty()) refused = error_class(*reply);
    }
    if (refused.empty()) return;
    fail_redis("login", "the server refuses " + (user.empty() ? "the password" : "user " + user + " or its password") +
                            " (" + refused + ")");
  }

  void append(std::span<const std::string_view> arguments) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const std::string_view argument : arguments) {
      texts.push_back(argument.data());
      lengths.push_back(argument.size());
    }
    char* command = nullptr;
    const auto size = redisFormatCommandArgv(&command, static_cast<int>(texts.size()), texts.data(), lengths.data());
    if (size < 0) fail_redis("request", "out of memory");
    to_send.append(command, static_cast<std::size_t>(size));
    redisFreeCommand(command);
  }

  void send(Deadline deadline) { socket.write(std::exchange(to_send, {}), deadline); }

  [[nodiscard]] Reply receive(Deadline deadline) {
    std::array<char, 16'384> piece{};
    for (void* reply = nullptr;;) {
      if (redisReaderGetReply(reader.get(), &reply) != REDIS_OK) fail_redis("read", reader->errstr);
      if (reply != nullptr) return Reply(static_cast<redisReply*>(reply));
      const std::size_t got = socket.read(piece.data(), piece.size(), deadline);
      if (redisReaderFeed(reader.get(), piece.data(), got) != REDIS_OK) fail_redis("read", reader->errstr);
    }
  }

  void simple(std::initializer_list<std::string_view> arguments, Deadline deadline, std::string_view doing) {
    append(std::span<const std::string_view>(arguments.begin(), arguments.size()));
    send(deadline);
    expect_ok(*receive(deadline), doing);
  }

  static void expect_ok(const redisReply& reply, std::string_view doing) {
    if (reply.type != REDIS_REPLY_ERROR) return;
    const std::string refused = error_class(reply);
    if (refused == "NOAUTH") fail_redis("login", "the server wants a password (NOAUTH)");
    fail_redis(doing, "refused with " + refused);
  }

  const std::shared_ptr<const RedisTls> tls;
  RedisSocket socket;
  std::unique_ptr<redisReader, FreeReader> reader{redisReaderCreate()};
  std::string to_send;
};

RedisLink::RedisLink(RedisAccess& access) : access_(access) {}
RedisLink::~RedisLink() = default;

void RedisLink::drop() { connection_.reset(); }

// A connection that the server closed while it was idle is made anew once, so that a restart of Redis costs nothing.
template <class F>
void RedisLink::with_connection(Deadline deadline, F&& exchange) {
  const bool reused = connection_ != nullptr;
  try {
    if (!reused) connection_ = std::make_unique<Connection>(access_, deadline);
    exchange(*connection_);
    return;
  } catch (const RedisError& e) {
    drop();
    if (!reused || e.timed_out()) throw;
  }
  try {
    connection_ = std::make_unique<Connection>(access_, deadline);
    exchange(*connection_);
  } catch (const RedisError&) {
    drop();
    throw;
  }
}

void RedisLink::ping(Deadline deadline) {
  with_connection(deadline, [&](Connection& c) { c.simple({"PING"}, deadline, "PING"); });
}

std::vector<std::optional<std::string>> RedisLink::get_all(std::span<const std::string> keys, Deadline deadline) {
  std::vector<std::optional<std::string>> values;
  if (keys.empty()) return values;
  std::vector<std::string_view> arguments{"MGET"};
  arguments.insert(arguments.end(), keys.begin(), keys.end());
  with_connection(deadline, [&](Connection& c) {
    values.clear();
    c.append(arguments);
    c.send(deadline);
    const Reply reply = c.receive(deadline);
    Connection::expect_ok(*reply, "MGET");
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != keys.size()) fail_redis("MGET", "unexpected answer");
    for (std::size_t i = 0; i < reply->elements; ++i) {
      const redisReply* item = reply->element[i];
      if (item->type == REDIS_REPLY_STRING) {
        values.emplace_back(std::string(item->str, static_cast<std::size_t>(item->len)));
      } else {
        values.emplace_back(std::nullopt);
      }
    }
  });
  return values;
}

void RedisLink::set_all(std::span<const Item> items, std::chrono::seconds ttl, Deadline deadline) {
  if (items.empty()) return;
  const std::string seconds = std::to_string(ttl.count());
  with_connection(deadline, [&](Connection& c) {
    for (const Item& item : items) {
      const std::string_view command[] = {"SET", item.key, item.value, "EX", seconds, "NX"};
      c.append(std::span(command).first(std::size(command) - (item.replace ? 1 : 0)));
    }
    c.send(deadline);
    for (std::size_t i = 0; i < items.size(); ++i) Connection::expect_ok(*c.receive(deadline), "SET");
  });
}

void RedisLink::ask_to_write(Deadline deadline) {
  constexpr std::string_view kCommand[] = {"SET", "dlr:fp:probe", "", "NX", "XX"};
  with_connection(deadline, [&](Connection& c) {
    c.append(kCommand);
    c.send(deadline);
    const Reply reply = c.receive(deadline);
    if (reply->type != REDIS_REPLY_ERROR) fail_redis("SET", "unexpected answer");
    if (error_class(*reply) != "ERR") Connection::expect_ok(*reply, "SET");
  });
}

}  // namespace dlrgw::dedup
