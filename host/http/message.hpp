// SPDX-License-Identifier: Apache-2.0
// HTTP requests and answers as handlers see them. Plain values; the HTTP library stays behind the server.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/auth/claims.hpp"

namespace dlrgw::host {

using NameValues = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  // as sent; GET handlers also get HEAD
  std::string path;    // percent-decoded, without query
  NameValues query;    // decoded, in the order of the URL
  NameValues headers;  // names as sent
  NameValues params;   // {name} segments of the route's pattern
  std::string body;
  std::string peer;              // address of the client's socket, without port
  std::optional<Claims> claims;  // of the verified token; always there on a route that needs one

  // First value; empty when absent. Header names ignore case.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] std::string_view param(std::string_view name) const;
  [[nodiscard]] std::string_view query_value(std::string_view name) const;
};

// The server adds Content-Length or Transfer-Encoding, Connection and the security headers; headers of the same name
// here win over the latter.
struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  NameValues headers;
};

// application/problem+json (RFC 9457). detail says what to do and holds nothing of the request's body.
[[nodiscard]] HttpResponse problem(unsigned status, std::string_view detail);
[[nodiscard]] std::string_view reason_phrase(unsigned status);

// 204 and 304.
[[nodiscard]] bool has_no_body(unsigned status);
// Status 200 to 599, a content type and headers that cannot split the answer and are not the server's own.
[[nodiscard]] bool well_formed(const HttpResponse& answer);
[[nodiscard]] bool header_allowed(std::string_view name, std::string_view value);

}  // namespace dlrgw::host
