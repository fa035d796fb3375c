// The head of an answer as Beast writes it: status, the security headers of every answer, the handler's own. Included
// by session.cpp only, which holds the templates of Beast. Any thread.
#pragma once
#include <array>
#include <string_view>
#include <utility>

#include <boost/beast/http.hpp>

#include "http/exchange.hpp"

namespace dlrgw::host {

inline constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSecurityHeaders{
    {{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}, {"Referrer-Policy", "no-referrer"}}};

inline boost::beast::string_view view(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

template <class Body>
boost::beast::http::response<Body> head_of(const HttpResponse& answer, unsigned version, bool keep_alive) {
  boost::beast::http::response<Body> out;
  out.version(version);
  out.result(answer.status);
  for (const auto& [name, value] : kSecurityHeaders) out.set(view(name), view(value));
  for (const auto& [name, value] : answer.headers) out.erase(name);
  for (const auto& [name, value] : answer.headers) out.insert(name, value);  // Set-Cookie may come twice
  if (!answer.content_type.empty() && !has_no_body(answer.status))
    out.set(boost::beast::http::field::content_type, answer.content_type);
  out.keep_alive(keep_alive);
  return out;
}

}  // namespace dlrgw::host
