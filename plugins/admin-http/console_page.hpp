// SPDX-License-Identifier: Apache-2.0
// The console: one HTML document, filled by the server with the present state, its style sheet, and its script, which
// fetches the same parts every two seconds. Pure; nothing from a request appears in them.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace dlrgw::admin_http {

inline constexpr std::string_view kConsoleStylePath = "/console/style.css";
inline constexpr std::string_view kConsoleScriptPath = "/console/script.js";

// Its own style and script, requests to this gateway, nothing else.
inline constexpr std::string_view kConsolePolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

// HTML by the name of its part: now, stages, held, plugins, jobs.
using ConsoleParts = std::map<std::string, std::string, std::less<>>;
std::string console_page(const ConsoleParts& parts);
std::string_view console_style();
std::string_view console_script();

}  // namespace dlrgw::admin_http
