// Which handler answers which method and path. Filled before the server starts, constant afterwards: any thread reads.
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

enum class Listener { kPublic, kAdmin };

// Called on an HTTP thread, by several at once; what it throws becomes a 500.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

inline constexpr std::size_t kDefaultBodyLimit = 1U << 20U;

struct Route {
  Listener listener = Listener::kPublic;
  std::string method;   // upper case; GET answers HEAD too
  std::string pattern;  // "/v1/sms/{id}/segments"; a {name} stands for one non-empty segment
  HttpHandler handler;
  std::size_t body_limit = kDefaultBodyLimit;
};

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
    Route route;
    std::vector<std::string> segments;
  };
  std::vector<Entry> entries_;
};

}  // namespace dlrgw::host
