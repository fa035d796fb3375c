// SPDX-License-Identifier: Apache-2.0
// The console: HTML documents, filled by the server with the present state, their style sheet, and their script. The
// first page's parts are fetched again every two seconds. Pure.
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
    "form-action 'self'; frame-ancestors 'none'";

// A page of the console around this content, which is HTML. The title is text.
std::string console_document(std::string_view title, std::string_view content);

// HTML by the name of its part: now, hour, stages, held, plugins, jobs.
using ConsoleParts = std::map<std::string, std::string, std::less<>>;
std::string console_page(const ConsoleParts& parts);
std::string_view console_style();
std::string_view console_script();

}  // namespace dlrgw::admin_http
