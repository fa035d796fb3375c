// SPDX-License-Identifier: Apache-2.0
// Which handler answers which method and path. A router is filled once, then constant: any thread may read it. The
// server asks the route table for the current one at each request; a swap does not affect requests that have begun.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "http/message.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

enum class Listener { kPublic, kAdmin };

class Exchange;

// Called on an I/O thread, by several at once, and must not block; what it throws becomes a 500.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;
// Called on a handler thread, by several at once; may block. Answers through the exchange, at once or as a stream.
using BlockingHandler = std::function<void(const HttpRequest&, Exchange&)>;

inline constexpr std::size_t kDefaultBodyLimit = 1U << 20U;

// Who may call a route. Closed: a valid token is needed, and one of the scopes when any is named.
struct Access {
  bool open = true;
  std::vector<std::string> scopes;
};

struct Route {
  Listener listener = Listener::kPublic;
  std::string method;  // upper case; GET answers HEAD too
  // "/v1/sms/{id}/segments"; a {name} stands for one non-empty segment. "?from&to" behind it names the query parameters
  // that the route takes, "?" alone none; without it all are left to the handler.
  std::string pattern;
  HttpHandler handler;
  std::size_t body_limit = kDefaultBodyLimit;
  Access access{};
  BlockingHandler blocking{};                             // instead of handler
  std::optional<std::vector<std::string>> query_names{};  // filled by Router::add() from the pattern
  std::string owner{};                                    // whose it is, for a refusal; empty: the gateway's
};

// What a route does not take: a name that it does not have, or one that is given twice.
[[nodiscard]] std::optional<HttpResponse> refuse_query(const Route& route, const NameValues& query);
// A pattern without the query parameters that it names.
[[nodiscard]] std::string path_of(std::string_view pattern);

struct RouteMatch {
  const Route* route = nullptr;
  NameValues params;
  // When no route: the methods that this path has, "GET, HEAD"; empty = no such path.
  std::string allow;
};

class Router {
 public:
  // Refused: a malformed pattern or method, no handler, and a second route that matches the same requests.
  Status add(Route route);
  // path as parse_request_target gives it. A literal segment wins over a {name}, leftmost first.
  [[nodiscard]] RouteMatch match(Listener listener, std::string_view method, std::string_view path) const;

 private:
  struct Entry {
    Route route;  // its pattern without the query
    std::vector<std::string> segments;
  };
  std::vector<Entry> entries_;
};

class RouteTable {
 public:
  [[nodiscard]] std::shared_ptr<const Router> current() const {
    const MutexLock lock(mutex_);
    return router_;
  }
  // Answers the router that was in force. Requests that began with it keep it, and what its handlers hold, alive.
  std::shared_ptr<const Router> swap(std::shared_ptr<const Router> next) {
    const MutexLock lock(mutex_);
    router_.swap(next);
    return next;
  }

 private:
  mutable Mutex mutex_;
  // Null: nothing is found.
  std::shared_ptr<const Router> router_ DLRGW_GUARDED_BY(mutex_) = std::make_shared<Router>();
};

}  // namespace dlrgw::host
