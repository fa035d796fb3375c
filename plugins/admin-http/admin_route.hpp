// SPDX-License-Identifier: Apache-2.0
// What all routes of this plugin have in common.
#pragma once
#include <string_view>

#include <dlrgw/plugin.hpp>

namespace dlrgw::admin_http {

inline constexpr std::string_view kPluginId = "admin-http";
inline constexpr std::string_view kScope = "dlr:admin";
inline constexpr std::uint32_t kSmallBody = 4096;  // clients send "{}" with a POST that needs no body

constexpr RouteSpec admin_route(std::string_view method, std::string_view pattern,
                                std::uint32_t body_limit = kSmallBody) {
  return {.listener = DLRGW_LISTENER_ADMIN,
          .method = method,
          .pattern = pattern,
          .scope = kScope,
          .body_limit = method == "GET" ? 0 : body_limit};
}

}  // namespace dlrgw::admin_http
