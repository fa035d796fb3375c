// SPDX-License-Identifier: Apache-2.0
#include "http/router.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace dlrgw::host {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> out;
  path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    out.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    path.remove_prefix(slash + 1);
  }
}

bool is_param(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool same_shape(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) {
           return x == y || (is_param(x) && is_param(y));
         });
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return pattern.size() == path.size() &&
         std::equal(pattern.begin(), pattern.end(), path.begin(), [](const std::string& want, const std::string& got) {
           return is_param(want) ? !got.empty() : want == got;
         });
}

// True when a's leftmost differing segment is the literal one.
bool more_specific(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (is_param(a[i]) != is_param(b[i])) return is_param(b[i]);
  return false;
}

// The names behind "?"; nothing when one is empty or there twice.
std::optional<std::vector<std::string>> query_names(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string name(text.substr(0, end));
    if (name.empty() || std::ranges::find(out, name) != out.end()) return std::nullopt;
    out.push_back(name);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

}  // namespace

std::string path_of(std::string_view pattern) { return std::string(pattern.substr(0, pattern.find('?'))); }

std::optional<HttpResponse> refuse_query(const Route& route, const NameValues& query) {
  if (!route.query_names) return std::nullopt;
  std::set<std::string_view> given;
  const bool all_known = std::ranges::all_of(query, [&](const auto& pair) {
    return std::ranges::find(*route.query_names, pair.first) != route.query_names->end() &&
           given.insert(pair.first).second;
  });
  if (all_known) return std::nullopt;
  if (route.query_names->empty()) return problem(400, "this route takes no query parameters");
  std::string names;
  for (const std::string& name : *route.query_names) names += (names.empty() ? "" : ", ") + name;
  return problem(400, "this route takes the query parameters " + names + ", each once, and no other");
}

Status Router::add(Route route) {
  const auto refused = [&](std::string_view what) {
    return Error{ErrorCode::kInvalid, "route " + route.method + " " + route.pattern + ": " + std::string(what)};
  };
  if (route.method.empty() ||
      !std::all_of(route.method.begin(), route.method.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return refused("the method must be in upper case, such as GET");
  if (!route.handler && !route.blocking) return refused("has no handler");
  if (route.handler && route.blocking) return refused("has two handlers");
  if (!route.pattern.starts_with('/')) return refused("the pattern must start with \"/\"");
  if (const std::size_t mark = route.pattern.find('?'); mark != std::string::npos) {
    route.query_names = query_names(std::string_view(route.pattern).substr(mark + 1));
    if (!route.query_names) return refused("names a query parameter twice, or one without a name");
    route.pattern = path_of(route.pattern);
  }
  auto segments = split(route.pattern);
  std::set<std::string_view> names;
  for (const std::string& segment : segments) {
    if (is_param(segment) && !names.insert(segment).second) return refused("names a parameter twice");
    const bool braces = segment.find_first_of("{}") != std::string::npos;
    if (braces && (!is_param(segment) || segment.find_first_of("{}", 1) != segment.size() - 1))
      return refused("a parameter must be a whole segment, such as {id}");
    if (segment == "." || segment == ".." || (segment.empty() && segments.size() > 1))
      return refused("the pattern holds an empty or dot segment");
  }
  for (const Entry& entry : entries_)
    if (entry.route.listener == route.listener && entry.route.method == route.method &&
        same_shape(entry.segments, segments))
      return refused("already taken by " + entry.route.pattern + " of " +
                     (entry.route.owner.empty() ? "the gateway" : entry.route.owner));
  entries_.push_back({std::move(route), std::move(segments)});
  return {};
}

RouteMatch Router::match(Listener listener, std::string_view method, std::string_view path) const {
  RouteMatch out;
  if (!path.starts_with('/')) return out;
  const auto segments = split(path);
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  const Entry* best = nullptr;
  std::set<std::string_view> methods;
  for (const Entry& entry : entries_) {
    if (entry.route.listener != listener || !fits(entry.segments, segments)) continue;
    methods.insert(entry.route.method);
    if (entry.route.method == wanted && (best == nullptr || more_specific(entry.segments, best->segments)))
      best = &entry;
  }
  if (best == nullptr) {
    if (methods.contains("GET")) methods.insert("HEAD");
    for (const std::string_view allowed : methods) out.allow += (out.allow.empty() ? "" : ", ") + std::string(allowed);
    return out;
  }
  out.route = &best->route;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string& name = best->segments[i];
    if (is_param(name)) out.params.emplace_back(name.substr(1, name.size() - 2), segments[i]);
  }
  return out;
}

}  // namespace dlrgw::host
