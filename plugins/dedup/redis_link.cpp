// SPDX-License-Identifier: Apache-2.0
#include "redis_link.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <poll.h>
#include <string_view>

#include <hiredis/hiredis.h>
#include <sys/socket.h>

namespace dlrgw::dedup {
namespace {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

[[noreturn]] void fail(std::string_view doing, std::string_view why, bool timed_out = false) {
  throw RedisError(std::string("Redis: ").append(doing).append(": ").append(why), timed_out);
}

}  // namespace

// A non-blocking context, so that the deadline holds for the whole exchange instead of for each read.
struct RedisLink::Connection {
  Connection(const RedisUrl& url, Deadline deadline) : context(redisConnectNonBlock(url.host.c_str(), url.port)) {
    if (context == nullptr) fail("connect", "out of memory");
    try {
      if (context->err != 0) fail("connect", context->errstr);
      await(POLLOUT, deadline, "connect");
      int error = 0;
      socklen_t length = sizeof error;
      if (getsockopt(context->fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
      if (error != 0) fail("connect", std::strerror(error));
      if (!url.password.empty()) simple({"AUTH", url.password}, deadline, "AUTH");
      if (url.db != 0) simple({"SELECT", std::to_string(url.db)}, deadline, "SELECT");
    } catch (...) {
      redisFree(context);
      throw;
    }
  }
  ~Connection() { redisFree(context); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void await(short events, Deadline deadline, std::string_view doing) const {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) fail(doing, "no answer within the time budget", true);
      pollfd fd{context->fd, events, 0};
      const int ready = poll(&fd, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
      if (ready > 0) return;
      if (ready < 0 && errno != EINTR) fail(doing, std::strerror(errno));
    }
  }

  void append(std::span<const std::string_view> arguments) const {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const std::string_view argument : arguments) {
      texts.push_back(argument.data());
      lengths.push_back(argument.size());
    }
    if (redisAppendCommandArgv(context, static_cast<int>(texts.size()), texts.data(), lengths.data()) != REDIS_OK)
      fail("request", context->errstr);
  }

  void send(Deadline deadline) const {
    for (int done = 0;;) {
      if (redisBufferWrite(context, &done) != REDIS_OK) fail("write", context->errstr);
      if (done != 0) return;
      await(POLLOUT, deadline, "write");
    }
  }

  [[nodiscard]] Reply receive(Deadline deadline) const {
    for (void* reply = nullptr;;) {
      if (redisGetReplyFromReader(context, &reply) != REDIS_OK) fail("read", context->errstr);
      if (reply != nullptr) return Reply(static_cast<redisReply*>(reply));
      await(POLLIN, deadline, "read");
      if (redisBufferRead(context) != REDIS_OK) fail("read", context->errstr);
    }
  }

  void simple(std::initializer_list<std::string_view> arguments, Deadline deadline, std::string_view doing) const {
    append(std::span<const std::string_view>(arguments.begin(), arguments.size()));
    send(deadline);
    expect_ok(*receive(deadline), doing);
  }

  // The server's own text may repeat an argument; only its first word, the error's class, is passed on.
  static void expect_ok(const redisReply& reply, std::string_view doing) {
    if (reply.type != REDIS_REPLY_ERROR) return;
    const std::string_view text(reply.str, static_cast<std::size_t>(reply.len));
    fail(doing, std::string("refused with ").append(text.substr(0, text.find(' '))));
  }

  redisContext* context;
};

RedisLink::RedisLink(RedisUrl url) : url_(std::move(url)) {}
RedisLink::~RedisLink() = default;

void RedisLink::drop() { connection_.reset(); }

// A connection that the server closed while it was idle is made anew once, so that a restart of Redis costs nothing.
template <class F>
void RedisLink::with_connection(Deadline deadline, F&& exchange) {
  const bool reused = connection_ != nullptr;
  try {
    if (!reused) connection_ = std::make_unique<Connection>(url_, deadline);
    exchange(*connection_);
    return;
  } catch (const RedisError& e) {
    drop();
    if (!reused || e.timed_out()) throw;
  }
  try {
    connection_ = std::make_unique<Connection>(url_, deadline);
    exchange(*connection_);
  } catch (const RedisError&) {
    drop();
    throw;
  }
}

void RedisLink::ping(Deadline deadline) {
  with_connection(deadline, [&](const Connection& c) { c.simple({"PING"}, deadline, "PING"); });
}

std::vector<std::optional<std::string>> RedisLink::get_all(std::span<const std::string> keys, Deadline deadline) {
  std::vector<std::optional<std::string>> values;
  if (keys.empty()) return values;
  std::vector<std::string_view> arguments{"MGET"};
  arguments.insert(arguments.end(), keys.begin(), keys.end());
  with_connection(deadline, [&](const Connection& c) {
    values.clear();
    c.append(arguments);
    c.send(deadline);
    const Reply reply = c.receive(deadline);
    Connection::expect_ok(*reply, "MGET");
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != keys.size()) fail("MGET", "unexpected answer");
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
  with_connection(deadline, [&](const Connection& c) {
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
  with_connection(deadline, [&](const Connection& c) {
    c.append(kCommand);
    c.send(deadline);
    const Reply reply = c.receive(deadline);
    if (reply->type != REDIS_REPLY_ERROR) fail("SET", "unexpected answer");
    if (!std::string_view(reply->str, static_cast<std::size_t>(reply->len)).starts_with("ERR "))
      Connection::expect_ok(*reply, "SET");
  });
}

}  // namespace dlrgw::dedup
