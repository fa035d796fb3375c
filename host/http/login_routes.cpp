// SPDX-License-Identifier: Apache-2.0
#include "http/login_routes.hpp"

#include <utility>

#include <dlrgw/cpp/html.hpp>

#include "http/request_target.hpp"

namespace dlrgw::host {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";
constexpr std::string_view kScriptPath = "/login/script.js";
constexpr std::string_view kStylePath = "/login/style.css";
constexpr std::size_t kFormLimit = std::size_t{16} * 1024;

// A token behind '#' never leaves the browser but in the form, and not in its history.
constexpr std::string_view kScript = R"js('use strict';
const token = new URLSearchParams(location.hash.slice(1)).get('token');
if (token) {
  history.replaceState(null, '', location.pathname + location.search);
  document.getElementById('token').value = token;
  document.getElementById('login').submit();
}
)js";

constexpr std::string_view kStyle = R"css(:root { color-scheme: light dark; }
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
label { display: block; font-weight: 600; }
textarea { box-sizing: border-box; width: 100%; font: 0.9rem/1.4 monospace; }
button { font: inherit; padding: 0.25rem 1.5rem; margin-top: 0.5rem; }
[role=alert] { font-weight: 600; }
)css";

// A path of this host, and nothing that a browser takes for another one.
std::string_view own_path(std::string_view path) {
  const bool own = path.size() > 1 && path[0] == '/' && path[1] != '/' && path[1] != '\\';
  return own ? path : std::string_view("/");
}

HttpResponse page(unsigned status, std::string_view next, std::string_view refusal) {
  HttpResponse out{status, "text/html; charset=utf-8", {}, {{"Content-Security-Policy", std::string(kPolicy)}}};
  // Under "no-referrer" a browser sends the form with `Origin: null`, as a page of nowhere.
  out.headers.emplace_back("Referrer-Policy", "same-origin");
  out.body =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><title>Log in – dlr-gateway</title><link rel=\"icon\" "
      "href=\"data:,\"><link rel=\"stylesheet\" href=\"";
  out.body.append(kStylePath).append("\"><script src=\"").append(kScriptPath);
  out.body.append("\" defer></script></head>\n<body><main><h1>dlr-gateway</h1>\n");
  if (!refusal.empty()) out.body.append("<p role=\"alert\">").append(html_text(refusal)).append("</p>\n");
  out.body.append("<form id=\"login\" method=\"post\" action=\"/login\"><label for=\"token\">Token</label>\n");
  out.body.append(
      "<textarea id=\"token\" name=\"token\" rows=\"6\" required autocomplete=\"off\" spellcheck=\"false\"");
  out.body.append(" aria-describedby=\"where\"></textarea>\n<p id=\"where\">From your identity provider, or from ");
  out.body.append("<code>dlr-gateway token --scope dlr:admin</code> on the gateway's host.</p>\n");
  out.body.append("<input type=\"hidden\" name=\"next\" value=\"").append(html_text(own_path(next)));
  out.body.append("\"><button type=\"submit\">Log in</button></form></main></body></html>\n");
  return out;
}

HttpResponse see_other(std::string location) { return {303, "text/plain", {}, {{"Location", std::move(location)}}}; }

std::string cookie(std::string_view token, bool secure) {
  std::string out = "dlr_token=";
  out.append(token).append("; Path=/; HttpOnly; SameSite=Strict");
  if (token.empty()) out.append("; Max-Age=0");
  if (secure) out.append("; Secure");
  return out;
}

HttpResponse log_in(const HttpRequest& request, const TokenCheck& check, bool secure) {
  const auto form = parse_request_target("/?" + request.body);
  std::string_view token, next;
  if (form) {
    for (const auto& [name, value] : form->query) {
      if (name == "token") token = value;
      if (name == "next") next = value;
    }
  }
  const std::size_t first = token.find_first_not_of(" \t\r\n");
  token = first == std::string_view::npos ? std::string_view()
                                          : token.substr(first, token.find_last_not_of(" \t\r\n") - first + 1);
  const auto verified = check(token);
  const auto* claims = std::get_if<Claims>(&verified);
  if (claims == nullptr) {
    const bool expired = std::get<TokenFault>(verified) == TokenFault::kExpired;
    return page(401, next, expired ? "This token has expired." : "This is no token that this gateway accepts.");
  }
  if (!claims->has_scope("dlr:admin")) return page(403, next, "This token does not allow the console.");
  HttpResponse out = see_other(std::string(own_path(next)));
  out.headers.emplace_back("Set-Cookie", cookie(token, secure));
  return out;
}

std::string encoded(std::string_view text) {
  static constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out;
}

}  // namespace

HttpResponse to_login(std::string_view target) {
  return see_other(target == "/" ? std::string("/login") : "/login?next=" + encoded(target));
}

Status login_routes(Router& router, TokenCheck check, bool secure_cookie) {
  const auto text = [](std::string_view type, std::string_view content) {
    return [type, content](const HttpRequest&) {
      return HttpResponse{200, std::string(type), std::string(content), {}};
    };
  };
  Route form{Listener::kAdmin, "GET", "/login",
             [](const HttpRequest& request) { return page(200, request.query_value("next"), {}); }};
  Route login{Listener::kAdmin, "POST", "/login",
              [check = std::move(check), secure_cookie](const HttpRequest& request) {
                return log_in(request, check, secure_cookie);
              }};
  login.body_limit = kFormLimit;
  Route logout{Listener::kAdmin, "POST", "/logout", [secure_cookie](const HttpRequest&) {
                 HttpResponse out = see_other("/login");
                 out.headers.emplace_back("Set-Cookie", cookie({}, secure_cookie));
                 return out;
               }};
  Route script{Listener::kAdmin, "GET", std::string(kScriptPath), text("text/javascript; charset=utf-8", kScript)};
  Route style{Listener::kAdmin, "GET", std::string(kStylePath), text("text/css; charset=utf-8", kStyle)};
  for (Route* route : {&form, &login, &logout, &script, &style})
    if (Status added = router.add(std::move(*route)); !added) return added;
  return {};
}

}  // namespace dlrgw::host
