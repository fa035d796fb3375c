// SPDX-License-Identifier: Apache-2.0
#include "portal_page.hpp"

#include <algorithm>
#include <array>

#include <dlrgw/cpp/html.hpp>
#include <dlrgw/cpp/text.hpp>

#include "message/states.hpp"

namespace dlrgw::segments {
namespace {

struct StatusWords {
  std::string_view status;
  std::string_view css;  // colour of its mark; the word beside it says the same
  std::string_view meaning;
};

constexpr std::array kStatuses{
    StatusWords{"DELIVERED", "good", "The phone has it."},
    StatusWords{"FAILED", "bad", "The operator could not deliver it."},
    StatusWords{"UNDELIVERED", "bad", "The phone did not take it."},
    StatusWords{"EXPIRED", "bad", "The phone could not be reached in time."},
    StatusWords{"REJECTED", "bad", "The operator refused it."},
    StatusWords{"PARTIAL", "mixed", "Some segments were delivered, others were not or never got their receipt."},
    StatusWords{"UNKNOWN", "open", "The operator has it and has not said how it ended."},
    StatusWords{"PENDING", "open", "No receipt has come yet."},
};

constexpr std::string_view kStyle =
    R"css(:root { color-scheme: light dark; --text: #1b1f24; --back: #ffffff; --line: #8a919a; --soft: #f2f4f7;
  --good: #0b6b2e; --bad: #a4161a; --mixed: #7a4a00; --open: #31527a; --focus: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --text: #eceff3; --back: #14171b; --line: #7c848e; --soft: #20252b; --good: #6fdd8b; --bad: #ff9a94;
    --mixed: #ffc46b; --open: #a9c7f0; --focus: #8ab4f8; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); background: var(--back); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1.5rem; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
dl.words dd { margin: 0 0 0.5rem 1rem; }
a { color: var(--focus); }
a:focus-visible, main:focus-visible, .wide:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; padding: 0.5rem 1rem; background: var(--back); }
.skip:focus { left: 0.5rem; top: 0.5rem; }
.wide { overflow-x: auto; border: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: 0.5rem 0.75rem; font-weight: 600; background: var(--soft); }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.75rem; border-top: 1px solid var(--line); white-space: nowrap; }
tbody tr:nth-child(even) { background: var(--soft); }
.status { font-weight: 600; border-left: 0.4rem solid; padding-left: 0.5rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .mixed { color: var(--mixed); } .open { color: var(--open); }
footer { max-width: 60rem; margin: 0 auto; padding: 0 1rem 2rem; }
@media print { .skip, .again { display: none; } }
)css";

const StatusWords* words_of(std::string_view status) {
  const auto* found = std::find_if(kStatuses.begin(), kStatuses.end(),
                                   [&](const StatusWords& words) { return words.status == status; });
  return found == kStatuses.end() ? nullptr : found;
}

std::string status_html(std::string_view status) {
  const StatusWords* words = words_of(status);
  std::string out = "<span class=\"status ";
  out.append(words == nullptr ? "open" : words->css).append("\">").append(html_text(status)).append("</span>");
  return out;
}

std::string time_html(std::int64_t us) {
  const std::string text = rfc3339_ms(us);
  const std::string shown = text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
  return "<time datetime=\"" + text + "\">" + shown + "</time>";
}

std::string document(std::string_view title, std::string_view main, std::string_view footer) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  out.append("<title>").append(title).append("</title>\n<link rel=\"icon\" href=\"data:,\">\n");
  out.append("<link rel=\"stylesheet\" href=\"").append(kStylePath).append("\">\n</head>\n<body>\n");
  out.append("<a class=\"skip\" href=\"#content\">Skip to the content</a>\n<main id=\"content\" tabindex=\"-1\">\n");
  out.append(main).append("</main>\n").append(footer).append("</body>\n</html>\n");
  return out;
}

std::string row_html(const PortalMessage& message, const PortalSegment& segment) {
  std::string out = "<tr><th scope=\"row\">";
  out.append(std::to_string(segment.index)).append(" of ").append(std::to_string(message.expected)).append("</th><td>");
  out.append(status_html(segment.status)).append("</td><td>");
  out.append(segment.error_code.empty() ? "none" : "<code>" + html_text(segment.error_code) + "</code>");
  out.append("</td><td>").append(segment.received_at_us ? time_html(*segment.received_at_us) : "not yet");
  out.append("</td><td>").append(segment.late ? "after the message was decided" : "no").append("</td></tr>\n");
  return out;
}

std::string table_html(const PortalMessage& message) {
  std::string out =
      "<div class=\"wide\" role=\"region\" aria-labelledby=\"segments\" tabindex=\"0\">\n<table>\n"
      "<caption id=\"segments\">Segments of this message</caption>\n<thead><tr><th scope=\"col\">Segment</th>"
      "<th scope=\"col\">Status</th><th scope=\"col\">Error code</th><th scope=\"col\">Receipt came</th>"
      "<th scope=\"col\">Late</th></tr></thead>\n<tbody>\n";
  for (const PortalSegment& segment : message.segments) out += row_html(message, segment);
  return out.append("</tbody>\n</table>\n</div>\n");
}

bool shows(const PortalMessage& message, std::string_view status) {
  return message.status == status || std::any_of(message.segments.begin(), message.segments.end(),
                                                 [&](const PortalSegment& s) { return s.status == status; });
}

std::string words_html(const PortalMessage& message) {
  std::string out = "<h2>What the words mean</h2>\n<dl class=\"words\">\n";
  for (const StatusWords& words : kStatuses) {
    if (!shows(message, words.status)) continue;
    out.append("<dt>").append(words.status).append("</dt><dd>").append(words.meaning).append("</dd>\n");
  }
  return out.append("</dl>\n");
}

}  // namespace

std::string message_page(const PortalMessage& message, std::int64_t now_us) {
  const std::string id = html_text(message.message_id);
  std::string main = "<h1>Message <code>" + id + "</code></h1>\n<dl class=\"facts\">\n";
  main.append("<dt>Status</dt><dd>").append(status_html(message.status)).append("</dd>\n<dt>Final</dt><dd>");
  main.append(message::is_terminal_message_status(message.status) ? "yes" : "no, receipts may still change it")
      .append("</dd>\n");
  main.append("<dt>Segments decided</dt><dd>").append(std::to_string(received_segments(message)));
  main.append(" of ").append(std::to_string(message.expected)).append("</dd>\n</dl>\n<h2>Segments</h2>\n");
  main.append(table_html(message));
  if (words_of(message.status) != nullptr || !message.segments.empty()) main.append(words_html(message));
  const std::string footer = "<footer>\n<p>As of " + time_html(now_us) +
                             ". <a class=\"again\" href=\"/portal/messages/" + id +
                             "\">Load it again</a></p>\n</footer>\n";
  return document("Message " + id, main, footer);
}

std::string refusal_page(std::string_view title, std::string_view sentence) {
  std::string main = "<h1>" + html_text(title) + "</h1>\n<p>" + html_text(sentence) + "</p>\n";
  return document(html_text(title), main, {});
}

std::string_view style_sheet() { return kStyle; }

}  // namespace dlrgw::segments
