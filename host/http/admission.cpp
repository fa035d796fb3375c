// SPDX-License-Identifier: Apache-2.0
#include "http/admission.hpp"

#include <algorithm>

#include "http/login_routes.hpp"
#include "http/request_target.hpp"

namespace dlrgw::host {
namespace {

constexpr std::string_view kCookie = "dlr_token";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool reads_only(const HttpRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

// nullopt: no token, or more than one.
std::optional<std::string_view> only(const std::vector<std::string_view>& found) {
  return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

std::optional<std::string_view> bearer(const HttpRequest& request, bool& present) {
  std::vector<std::string_view> found;
  for (const auto& [name, value] : request.headers)
    if (same(name, "Authorization")) found.push_back(value);
  present = !found.empty();
  const auto value = only(found);
  constexpr std::string_view kScheme = "Bearer ";
  if (!value || !same(value->substr(0, kScheme.size()), kScheme)) return std::nullopt;
  return trimmed(value->substr(kScheme.size()));
}

std::optional<std::string_view> cookie(const HttpRequest& request) {
  std::vector<std::string_view> found;
  for (const auto& [name, value] : request.headers) {
    if (!same(name, "Cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = rest.find(';');
      const std::string_view pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      const std::size_t equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == kCookie)
        found.push_back(pair.substr(equals + 1));
    }
  }
  return only(found);
}

// Browsers send Origin with every write; other clients send none.
bool foreign_origin(const HttpRequest& request) {
  const std::string_view origin = request.header("Origin");
  if (reads_only(request) || origin.empty()) return false;
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos || !same(origin.substr(scheme + 3), request.header("Host"));
}

// Finds the token in the header or the cookie. A page of another site cannot read the token, but could make a browser
// send the cookie. So for writes the cookie counts only when the browser says that the page is of this host.
std::optional<std::string_view> token_of(const HttpRequest& request) {
  bool present = false;
  const auto token = bearer(request, present);
  if (present) return token;
  const bool own_page = !request.header("Origin").empty() && !foreign_origin(request);
  return reads_only(request) || own_page ? cookie(request) : std::nullopt;
}

HttpResponse unauthorized() {
  HttpResponse out = problem(401, "a valid bearer token is needed");
  out.headers.emplace_back("WWW-Authenticate", "Bearer");
  return out;
}

std::optional<HttpResponse> authorise(const Access& access, TokenVerifier* tokens, HttpRequest& request) {
  const auto strange = [] { return problem(403, "writes must come from a page of this host"); };
  if (access.open) return foreign_origin(request) ? std::optional(strange()) : std::nullopt;
  const auto token = token_of(request);
  if (!token || token->empty() || tokens == nullptr) return unauthorized();
  auto verified = tokens->verify(*token);
  auto* claims = std::get_if<Claims>(&verified);
  if (claims == nullptr) return unauthorized();
  const bool allowed =
      access.scopes.empty() || std::any_of(access.scopes.begin(), access.scopes.end(),
                                           [&](const auto& scope) { return claims->has_scope(scope); });
  request.claims = std::move(*claims);
  if (!allowed) return problem(403, "the token does not allow this");
  if (foreign_origin(request)) return strange();
  return std::nullopt;
}

// A page asked for by a browser, not by a script or a program.
bool wants_page(const HttpRequest& request) {
  return reads_only(request) && request.header("Authorization").empty() &&
         request.header("Accept").find("text/html") != std::string_view::npos;
}

}  // namespace

Admission admit(const Router& router, TokenVerifier* tokens, Listener listener, std::string_view target,
                HttpRequest& request) {
  auto parsed = parse_request_target(target);
  if (!parsed) return {nullptr, problem(400, parsed.error().text)};
  RouteMatch match = router.match(listener, request.method, parsed->path);
  if (match.route == nullptr) {
    if (match.allow.empty()) return {nullptr, problem(404, "there is nothing at this path")};
    HttpResponse refusal = problem(405, "this path answers " + match.allow);
    refusal.headers.emplace_back("Allow", match.allow);
    return {nullptr, std::move(refusal)};
  }
  request.path = std::move(parsed->path);
  request.query = std::move(parsed->query);
  request.params = std::move(match.params);
  auto refusal = authorise(match.route->access, tokens, request);
  if (refusal && refusal->status == 401 && listener == Listener::kAdmin && wants_page(request))
    return {nullptr, to_login(target)};
  if (!refusal) refusal = refuse_query(*match.route, request.query);
  if (refusal) return {nullptr, std::move(refusal)};
  return {match.route, std::nullopt};
}

}  // namespace dlrgw::host
