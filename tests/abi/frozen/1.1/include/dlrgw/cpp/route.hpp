// SPDX-License-Identifier: Apache-2.0
// HTTP routes in C++. A handler gets the request and answers once; what it throws becomes a 500 without its text.
#pragma once
#include <functional>
#include <string>

#include <dlrgw/abi/route.h>
#include <dlrgw/cpp/base.hpp>
#include <dlrgw/cpp/json_writer.hpp>

namespace dlrgw {

struct RouteSpec {
  std::uint32_t listener = DLRGW_LISTENER_PUBLIC;
  std::string_view method = "GET";  // answers HEAD too
  std::string_view pattern;         // "/v1/sms/{messageId}"; "?from&to" behind it names what a query may hold
  std::string_view scope = {};      // empty = any valid token
  bool open = false;                // no token at all
  std::uint32_t body_limit = 0;     // bytes
};

// What a verified token says.
class Claims {
 public:
  explicit Claims(const dlrgw_claims* claims) : claims_(claims) {}
  [[nodiscard]] std::string_view subject() const { return view(claims_->subject); }
  [[nodiscard]] std::string_view account_id() const { return view(claims_->account_id); }
  [[nodiscard]] std::uint32_t scope_count() const { return claims_->scope_count; }
  [[nodiscard]] std::string_view scope(std::uint32_t i) const {
    const auto* bytes = reinterpret_cast<const char*>(claims_->scopes) + std::size_t{i} * claims_->scope_stride;
    return view(*reinterpret_cast<const dlrgw_str*>(bytes));
  }
  [[nodiscard]] bool has_scope(std::string_view wanted) const {
    for (std::uint32_t i = 0; i < scope_count(); ++i) {
      if (scope(i) == wanted) return true;
    }
    return false;
  }

 private:
  const dlrgw_claims* claims_;
};

// All texts live for the call.
class HttpRequest {
 public:
  explicit HttpRequest(const dlrgw_http_request* request) : request_(request) {}
  [[nodiscard]] std::string_view method() const { return view(request_->method); }
  [[nodiscard]] std::string_view path() const { return view(request_->path); }
  [[nodiscard]] std::string_view body() const { return view(request_->body); }
  // Empty when absent.
  [[nodiscard]] std::string_view header(std::string_view name) const { return get(request_->header, name); }
  [[nodiscard]] std::string_view param(std::string_view name) const { return get(request_->param, name); }
  [[nodiscard]] std::string_view query(std::string_view name) const { return get(request_->query, name); }
  [[nodiscard]] bool has_claims() const { return request_->claims != nullptr; }
  // On a route that is not open; throws on an open one.
  [[nodiscard]] Claims claims() const {
    if (!has_claims()) throw Error(DLRGW_E_DENIED, "an open route has no claims");
    return Claims(request_->claims);
  }

 private:
  [[nodiscard]] std::string_view get(dlrgw_str (*fn)(void*, dlrgw_str), std::string_view name) const {
    return view(fn(request_->self, str(name)));
  }
  const dlrgw_http_request* request_;
};

// Each call throws when the host refuses it; with DLRGW_E_UNAVAILABLE the client is gone: let it out of the handler.
class HttpResponse {
 public:
  explicit HttpResponse(const dlrgw_http_response* response) : response_(response) {}

  // Before the answer.
  void header(std::string_view name, std::string_view value) {
    check(response_->header(response_->self, str(name), str(value)), "the response header");
  }
  void send(std::uint32_t status, std::string_view content_type, std::string_view body) {
    check(response_->send(response_->self, status, str(content_type), str(body)), "the response");
  }
  void json(std::uint32_t status, std::string_view text) { send(status, "application/json", text); }
  // application/problem+json (RFC 9457). detail says what to do and quotes nothing of the request; more adds members.
  void problem(std::uint32_t status, std::string_view detail, const std::function<void(JsonWriter&)>& more = {}) {
    JsonWriter out;
    out.begin_object().member("type", "about:blank").member("title", title(status));
    out.member("status", std::int64_t{status}).member("detail", detail);
    if (more) more(out);
    out.end_object();
    send(status, "application/problem+json", out.text());
  }
  // A streamed answer; the return of the handler ends it. write() waits while the client reads slowly.
  void begin(std::uint32_t status, std::string_view content_type) {
    check(response_->begin(response_->self, status, str(content_type)), "the response");
  }
  void write(std::string_view chunk) { check(response_->write(response_->self, str(chunk)), "the stream"); }

 private:
  static std::string_view title(std::uint32_t status) {
    switch (status) {
      case 400:
        return "Bad Request";
      case 401:
        return "Unauthorized";
      case 403:
        return "Forbidden";
      case 404:
        return "Not Found";
      case 405:
        return "Method Not Allowed";
      case 409:
        return "Conflict";
      case 413:
        return "Content Too Large";
      case 415:
        return "Unsupported Media Type";
      case 422:
        return "Unprocessable Content";
      case 429:
        return "Too Many Requests";
      case 500:
        return "Internal Server Error";
      case 503:
        return "Service Unavailable";
      case 504:
        return "Gateway Timeout";
      default:
        return "Error";
    }
  }
  const dlrgw_http_response* response_;
};

namespace detail {

struct RouteRegistration {
  using Handle = std::function<void(const HttpRequest&, HttpResponse&)>;
  RouteRegistration(const RouteSpec& spec, Handle body)
      : method(spec.method), pattern(spec.pattern), scope(spec.scope), handle(std::move(body)) {
    table.struct_size = sizeof table;
    table.flags = spec.open ? DLRGW_ROUTE_OPEN : 0;
    table.listener = spec.listener;
    table.body_limit = spec.body_limit;
    table.method = str(method);
    table.pattern = str(pattern);
    table.scope = str(scope);
    table.handle = [](void* user, const dlrgw_http_request* request, const dlrgw_http_response* response,
                      dlrgw_error* error) {
      return guarded(error, [&] {
        HttpResponse answer(response);
        static_cast<RouteRegistration*>(user)->handle(HttpRequest(request), answer);
      });
    };
  }
  RouteRegistration(const RouteRegistration&) = delete;
  RouteRegistration& operator=(const RouteRegistration&) = delete;
  std::string method, pattern, scope;
  Handle handle;
  dlrgw_route_class table{};
};

}  // namespace detail
}  // namespace dlrgw
