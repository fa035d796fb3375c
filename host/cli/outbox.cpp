// SPDX-License-Identifier: Apache-2.0
#include "cli/outbox.hpp"

#include <algorithm>
#include <ostream>

#include <boost/json.hpp>

#include <dlrgw/cpp/text.hpp>

namespace dlrgw::host {
namespace {

namespace json = boost::json;

constexpr std::string_view kRoute = "GET /v1/admin/outbox";
constexpr std::int64_t kMostOfPage = 1000;

std::string line_of(const json::object& event) {
  std::string line = text_of(event, "id") + "  " + text_of(event, "subject") + "  " + text_of(event, "createdAt");
  return line + (text_of(event, "readable") == "true" ? "  " + text_of(event, "key") : "  this row cannot be read");
}

bool is_row_and_event(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && slash != 0 && is_uuid(text.substr(slash + 1)) &&
         std::ranges::all_of(text.substr(0, slash), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Status list_outbox(const OutboxWish& wish, const AskGateway& ask, std::ostream& out) {
  if (wish.limit < 1) return Error{ErrorCode::kInvalid, "--limit is a number of events, 1 and up"};
  std::int64_t told = 0;
  std::string cursor;
  while (true) {
    std::string request(kRoute);
    request += "?limit=" + std::to_string(std::clamp(wish.limit - told, std::int64_t{1}, kMostOfPage));
    if (!wish.subject.empty()) request += "&subject=" + in_target(wish.subject);
    if (!cursor.empty()) request += "&cursor=" + in_target(cursor);
    const Result<json::object> page = ask_object(ask, request);
    if (!page) return page.error();
    const json::value* items = page->if_contains("items");
    if (items == nullptr || !items->is_array())
      return Error{ErrorCode::kInternal, "the gateway's answer has no items; is it of another version?"};
    for (const json::value& item : items->get_array()) {
      if (!item.is_object()) continue;
      out << (wish.as_json ? json::serialize(item) : line_of(item.get_object())) << '\n';
      ++told;
    }
    cursor = text_of(*page, "next");
    if (cursor.empty() || told >= wish.limit) break;
  }
  if (wish.as_json) return {};
  out << told << (told == 1 ? " event" : " events") << (cursor.empty() ? "" : ", and more wait; --limit tells more")
      << '\n';
  return {};
}

Status show_outbox(const OutboxWish& wish, const AskGateway& ask, std::ostream& out) {
  if (!is_row_and_event(wish.event))
    return Error{ErrorCode::kInvalid, "\"" + wish.event +
                                          "\" names no event of the outbox; `outbox list` names each by its row and "
                                          "its id, as 42/6fd2aa10-0000-4000-8000-000000000001"};
  const Result<json::object> event = ask_object(ask, std::string(kRoute) + "/" + wish.event);
  if (!event) return event.error();
  if (wish.as_json) {
    out << json::serialize(*event) << '\n';
    return {};
  }
  for (const auto& [name, value] : *event)
    if (!value.is_null()) out << std::string_view(name) << "  " << text_of(*event, name) << '\n';
  if (text_of(*event, "payload").empty())
    out << "The payload may hold a phone number: GET /v1/admin/outbox/" << wish.event
        << " shows it to a token with dlr:pii.\n";
  return {};
}

}  // namespace dlrgw::host
