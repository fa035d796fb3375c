// SPDX-License-Identifier: Apache-2.0
#include "story_page.hpp"

#include <algorithm>
#include <iterator>

#include <boost/json.hpp>

#include <dlrgw/cpp/html.hpp>

#include "console_page.hpp"

namespace dlrgw::admin_http {
namespace {

namespace json = boost::json;

// Shown in columns of their own.
constexpr std::string_view kColumns[] = {"at", "kind", "messageId", "subject", "id", "waitsSince"};

std::string plain(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr || value->is_null() ? std::string() : plain(*value);
}

std::string time_cell(std::string_view at) {
  if (at.empty()) return "<td>–</td>";
  return "<td><time datetime=\"" + html_text(at) + "\">" + html_text(at) + "</time></td>";
}

std::string message_link(std::string_view id) {
  if (id.empty()) return {};
  return "<a href=\"/console/search?id=" + html_text(id) + "\">" + html_text(id) + "</a>";
}

std::string table(std::string_view what, std::initializer_list<std::string_view> heads, const std::string& rows) {
  if (rows.empty()) return "<p>None.</p>\n";
  std::string out = "<div class=\"wide\" role=\"region\" aria-label=\"Table of ";
  out.append(what).append("\" tabindex=\"0\"><table>\n<thead><tr>");
  for (const std::string_view head : heads) out.append("<th scope=\"col\">").append(head).append("</th>");
  return out.append("</tr></thead>\n<tbody>\n").append(rows).append("</tbody></table></div>\n");
}

// "name: value" of each member that has a value and no column.
std::string facts_cell(const json::object& entry) {
  std::string out = "<td class=\"facts-cell\">";
  std::string_view before;
  for (const auto& [name, value] : entry) {
    const auto is_column = [&](std::string_view column) { return column == std::string_view(name); };
    if (value.is_null() || std::any_of(std::begin(kColumns), std::end(kColumns), is_column)) continue;
    out.append(before).append(html_text(name)).append(": ").append(html_text(plain(value)));
    before = ", ";
  }
  return out + "</td>";
}

const json::array& list_of(const json::object& document, std::string_view key) {
  static const json::array kNone;
  const json::value* value = document.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

std::string entries_table(const json::array& entries, bool with_message) {
  std::string rows;
  for (const json::value& value : entries) {
    if (!value.is_object()) continue;
    const json::object& entry = value.get_object();
    rows.append("<tr>").append(time_cell(text_of(entry, "at"))).append(html_cell(text_of(entry, "kind")));
    if (with_message) rows.append("<td>").append(message_link(text_of(entry, "messageId"))).append("</td>");
    rows.append(facts_cell(entry)).append("</tr>\n");
  }
  if (with_message) return table("receipts", {"Time, UTC", "What", "Message", "Facts"}, rows);
  return table("what happened", {"Time, UTC", "What", "Facts"}, rows);
}

json::object object_of(std::string_view document) {
  json::value parsed = json::parse(document);
  return parsed.is_object() ? parsed.get_object() : json::object();
}

}  // namespace

std::string message_page(std::string_view story) {
  const json::object document = object_of(story);
  std::string out =
      "<p><a href=\"/v1/admin/messages/" + html_text(text_of(document, "messageId")) + "\">As JSON</a></p>\n";
  out += "<dl class=\"facts\">\n";
  const json::value* message = document.if_contains("message");
  if (message != nullptr && message->is_object()) {
    for (const auto& [name, value] : message->get_object())
      out.append("<dt>")
          .append(html_text(name))
          .append("</dt><dd>")
          .append(value.is_null() ? "–" : html_text(plain(value)))
          .append("</dd>\n");
  } else {
    out += "<dt>Message</dt><dd>its row in orch.sms_messages is gone</dd>\n";
  }
  out += "</dl>\n<h2>What happened</h2>\n" + entries_table(list_of(document, "entries"), false);
  std::string waiting;
  for (const json::value& value : list_of(document, "waitingEvents")) {
    if (!value.is_object()) continue;
    const json::object& event = value.get_object();
    waiting.append("<tr>").append(time_cell(text_of(event, "waitsSince"))).append(html_cell(text_of(event, "subject")));
    waiting.append(html_cell(text_of(event, "id"))).append("</tr>\n");
  }
  out += "<h2>Events that wait for their stream</h2>\n";
  out += table("waiting events", {"Waits since, UTC", "Subject", "Nats-Msg-Id"}, waiting);
  out += "<p>" + html_text(text_of(document, "note")) + "</p>\n";
  return console_document("Message " + text_of(document, "messageId"), out);
}

std::string receipts_page(std::string_view operator_id, std::string_view operator_message_id,
                          std::string_view receipts) {
  const json::object document = object_of(receipts);
  std::string out = "<h2>Messages</h2>\n";
  const json::array& messages = list_of(document, "messages");
  if (messages.empty()) out += "<p>None that the operator knew by this id.</p>\n";
  if (!messages.empty()) {
    out += "<ul>\n";
    for (const json::value& id : messages) out += "<li>" + message_link(plain(id)) + "</li>\n";
    out += "</ul>\n";
  }
  out += "<h2>Receipts</h2>\n" + entries_table(list_of(document, "items"), true);
  return console_document("Receipts of " + std::string(operator_message_id) + " from " + std::string(operator_id), out);
}

std::string no_story_page(std::string_view sentence) {
  return console_document("Nothing to show", "<p role=\"alert\">" + html_text(sentence) + "</p>\n");
}

}  // namespace dlrgw::admin_http
