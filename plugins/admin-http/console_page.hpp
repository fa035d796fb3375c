// The console: one HTML document, its style sheet and its script, which reads the documents of /v1/admin every two
// seconds. Constant texts; nothing of a request is in them.
#pragma once
#include <string_view>

namespace dlrgw::admin_http {

inline constexpr std::string_view kConsoleStylePath = "/console/style.css";
inline constexpr std::string_view kConsoleScriptPath = "/console/script.js";

// Its own style and script, requests to this gateway, nothing else.
inline constexpr std::string_view kConsolePolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

std::string_view console_page();
std::string_view console_style();
std::string_view console_script();

}  // namespace dlrgw::admin_http
