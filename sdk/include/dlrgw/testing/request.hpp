// SPDX-License-Identifier: Apache-2.0
// A request to a route of the plugin under test, and what the route answered. One thread.
#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <dlrgw/abi/route.h>
#include <dlrgw/cpp/base.hpp>

namespace dlrgw::testing {

// The token was verified and has the scope of the route: others never reach a handler.
struct TestRequest {
  std::string method = "GET";
  std::string path;  // without query
  std::string body = {};
  std::map<std::string, std::string> query = {};
  std::map<std::string, std::string> headers = {};  // names in lower case
  std::string subject = "tester";                   // of the token; an open route sees none
  std::string account_id = {};
  std::vector<std::string> scopes = {};  // besides the scope of the route
};

struct TestResponse {
  std::uint32_t status = 0;
  std::string content_type;
  std::string body;  // of a streamed answer all that was written
  std::map<std::string, std::string> headers;
  std::string error;  // what the handler gave as its reason; clients never see it
};

namespace detail {

inline std::vector<std::string_view> path_segments(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    out.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// The {name} segments, or nothing when the path is not of this pattern.
inline std::optional<std::map<std::string, std::string>> match_path(std::string_view pattern, std::string_view path) {
  const auto wanted = path_segments(pattern), given = path_segments(path);
  if (wanted.size() != given.size()) return std::nullopt;
  std::map<std::string, std::string> params;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{') && wanted[i].ends_with('}') && !given[i].empty())
      params.emplace(wanted[i].substr(1, wanted[i].size() - 2), given[i]);
    else if (wanted[i] != given[i])
      return std::nullopt;
  }
  return params;
}

// One call of a handler.
class RouteCall {
 public:
  RouteCall(const TestRequest& request, std::map<std::string, std::string> params)
      : request_(request), params_(std::move(params)) {}
  RouteCall(const RouteCall&) = delete;
  RouteCall& operator=(const RouteCall&) = delete;

  TestResponse run(const dlrgw_route_class& route, void* user) {
    if (request_.body.size() > route.body_limit) return {413, {}, {}, {}, "the body is larger than the route takes"};
    std::vector<dlrgw_str> scopes;
    if (route.scope.len != 0) scopes.push_back(route.scope);
    for (const std::string& scope : request_.scopes) scopes.push_back(str(scope));
    const dlrgw_claims claims{sizeof(dlrgw_claims),
                              static_cast<std::uint32_t>(scopes.size()),
                              scopes.data(),
                              sizeof(dlrgw_str),
                              0,
                              str(request_.subject),
                              str(request_.account_id)};
    const dlrgw_http_request request{sizeof(dlrgw_http_request),
                                     0,
                                     this,
                                     str(request_.method),
                                     str(request_.path),
                                     str(request_.body),
                                     (route.flags & DLRGW_ROUTE_OPEN) != 0 ? nullptr : &claims,
                                     [](void* self, dlrgw_str name) { return find(of(self).request_.headers, name); },
                                     [](void* self, dlrgw_str name) { return find(of(self).params_, name); },
                                     [](void* self, dlrgw_str name) { return find(of(self).request_.query, name); }};
    const dlrgw_http_response response{sizeof(dlrgw_http_response), 0, this, header, send, begin, write};
    dlrgw_error error = make_error();
    const std::int32_t code = route.handle(user, &request, &response, &error);
    if (code != DLRGW_OK) answer_.error = std::string(text_of(error));
    if (!answered_) {
      answer_.status = 500;
      if (code == DLRGW_OK) answer_.error = "the handler returned without an answer";
    }
    return answer_;
  }

 private:
  static RouteCall& of(void* self) { return *static_cast<RouteCall*>(self); }
  static dlrgw_str find(const std::map<std::string, std::string>& texts, dlrgw_str name) {
    std::string key(view(name));
    auto found = texts.find(key);
    if (found == texts.end()) {
      std::transform(key.begin(), key.end(), key.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      found = texts.find(key);
    }
    return found == texts.end() ? dlrgw_str{nullptr, 0} : str(found->second);
  }
  static std::int32_t header(void* self, dlrgw_str name, dlrgw_str value) {
    if (of(self).answered_) return DLRGW_E_DENIED;
    of(self).answer_.headers[std::string(view(name))] = std::string(view(value));
    return DLRGW_OK;
  }
  static std::int32_t begin(void* self, std::uint32_t status, dlrgw_str content_type) {
    if (of(self).answered_) return DLRGW_E_DENIED;
    if (status < 200 || status > 599) return DLRGW_E_INVALID;
    of(self).answered_ = of(self).streams_ = true;
    of(self).answer_.status = status;
    of(self).answer_.content_type = std::string(view(content_type));
    return DLRGW_OK;
  }
  static std::int32_t send(void* self, std::uint32_t status, dlrgw_str content_type, dlrgw_str body) {
    const std::int32_t code = begin(self, status, content_type);
    of(self).streams_ = of(self).streams_ && code != DLRGW_OK;
    if (code == DLRGW_OK && of(self).request_.method != "HEAD") of(self).answer_.body = std::string(view(body));
    return code;
  }
  static std::int32_t write(void* self, dlrgw_str chunk) {
    if (!of(self).streams_) return DLRGW_E_DENIED;
    if (of(self).request_.method == "HEAD") return DLRGW_E_UNAVAILABLE;
    of(self).answer_.body += view(chunk);
    return DLRGW_OK;
  }

  const TestRequest& request_;
  const std::map<std::string, std::string> params_;
  TestResponse answer_;
  bool answered_ = false, streams_ = false;
};

}  // namespace detail
}  // namespace dlrgw::testing
