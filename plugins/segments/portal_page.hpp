// SPDX-License-Identifier: Apache-2.0
// The message-detail page: one HTML document without script, and its style sheet. Pure; any thread.
#pragma once
#include <string>
#include <string_view>

#include "portal_message.hpp"

namespace dlrgw::segments {

inline constexpr std::string_view kStylePath = "/portal/style.css";

// What the browser may do with a page: show it with its own style sheet, nothing else.
inline constexpr std::string_view kPagePolicy =
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string message_page(const PortalMessage& message, std::int64_t now_us);
// Quotes nothing of the request: the pages of foreign and of unknown messages are the same bytes.
std::string refusal_page(std::string_view title, std::string_view sentence);
std::string_view style_sheet();

}  // namespace dlrgw::segments
