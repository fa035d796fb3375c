// SPDX-License-Identifier: Apache-2.0
// Text on a page. Pure; any thread.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw {

// For the content of an element and for an attribute in quotes of either kind.
inline std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// A cell of a table; the first of a row is its header.
inline std::string html_cell(std::string_view text) { return "<td>" + html_text(text) + "</td>"; }
inline std::string html_row_header(std::string_view text) { return "<th scope=\"row\">" + html_text(text) + "</th>"; }

// A button of the console of the admin listener: its script asks `question`, then posts "{}" to `path` and tells what
// came of it. words: on the button; about: what it concerns, for who does not see the row.
inline std::string html_console_button(std::string_view words, std::string_view about, std::string_view question,
                                       std::string_view path) {
  std::string out = "<button type=\"button\" data-path=\"" + html_text(path) + "\" data-question=\"";
  out.append(html_text(question)).append("\" aria-label=\"").append(html_text(words)).append(" ");
  return out.append(html_text(about)).append("\">").append(html_text(words)).append("</button>");
}

}  // namespace dlrgw
