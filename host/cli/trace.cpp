// SPDX-License-Identifier: Apache-2.0
#include "cli/trace.hpp"

#include <algorithm>
#include <cctype>
#include <ostream>

#include <boost/json.hpp>

#include <dlrgw/cpp/text.hpp>

namespace dlrgw::host {
namespace {

namespace json = boost::json;

constexpr std::size_t kKindWidth = 11;  // the longest is "quarantined"

const json::array& list_of(const json::object& document, std::string_view name) {
  static const json::array kNone;
  const json::value* list = document.if_contains(name);
  return list != nullptr && list->is_array() ? list->get_array() : kNone;
}

bool says_something(const json::value& value) {
  if (value.is_null()) return false;
  if (const json::array* list = value.if_array()) return !list->empty();
  return !value.is_string() || !value.get_string().empty();
}

// "name=value" of each member that says something; `left_out` have a place of their own.
std::string facts_of(const json::object& object, std::initializer_list<std::string_view> left_out) {
  std::string out;
  for (const auto& [name, value] : object) {
    if (std::ranges::find(left_out, std::string_view(name)) != left_out.end() || !says_something(value)) continue;
    out += "  " + std::string(name) + "=" + text_of(object, name);
  }
  return out;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

// message_id: of the story; named in a line only where it is another one.
std::string line_of(const json::object& entry, std::string_view message_id) {
  std::string at = text_of(entry, "at");
  if (at.empty()) at = "time unknown";
  const bool same = text_of(entry, "messageId") == message_id;
  return padded(std::move(at), rfc3339_ms(0).size()) + "  " + padded(text_of(entry, "kind"), kKindWidth) +
         facts_of(entry, {"at", "kind", same ? "messageId" : ""}) + "\n";
}

void tell_message(const json::object& story, std::ostream& out) {
  const std::string id = text_of(story, "messageId");
  const json::value* message = story.if_contains("message");
  out << "message " << id;
  if (message != nullptr && message->is_object()) {
    out << facts_of(message->get_object(), {}) << "\n";
  } else {
    out << "  its row in orch.sms_messages is gone\n";
  }
  for (const json::value& entry : list_of(story, "entries"))
    if (entry.is_object()) out << line_of(entry.get_object(), id);
  for (const json::value& event : list_of(story, "waitingEvents"))
    if (event.is_object())
      out << padded(text_of(event.get_object(), "waitsSince"), rfc3339_ms(0).size()) << "  "
          << padded("waiting", kKindWidth) << facts_of(event.get_object(), {"waitsSince"}) << "\n";
  out << text_of(story, "note") << "\n";
}

void tell_receipts(const json::object& answer, std::ostream& out) {
  for (const json::value& entry : list_of(answer, "items"))
    if (entry.is_object()) out << line_of(entry.get_object(), "");
  for (const json::value& id : list_of(answer, "messages"))
    if (id.is_string()) out << "the whole story: dlr-gateway trace " << std::string_view(id.get_string()) << "\n";
}

Result<std::string> request_of(const TraceWish& wish) {
  if (wish.operator_id.empty()) {
    if (!is_uuid(wish.id))
      return Error{ErrorCode::kInvalid, "\"" + wish.id +
                                            "\" is no id of a message, which is a UUID; the id that an operator gave "
                                            "it needs the operator as well: trace --operator OPERATOR ID"};
    if (!wish.from.empty() || !wish.to.empty())
      return Error{ErrorCode::kInvalid, "--from and --to choose receipts of an operator's id; name its --operator"};
    std::string id = wish.id;  // as the answer will name it
    std::ranges::transform(id, id.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return "GET /v1/admin/messages/" + id;
  }
  std::string request = "GET /v1/admin/receipts?operatorId=" + in_target(wish.operator_id);
  request += "&operatorMessageId=" + in_target(wish.id);
  if (!wish.from.empty()) request += "&from=" + in_target(wish.from);
  if (!wish.to.empty()) request += "&to=" + in_target(wish.to);
  return request;
}

}  // namespace

Status trace(const TraceWish& wish, const AskGateway& ask, std::ostream& out) {
  const Result<std::string> request = request_of(wish);
  if (!request) return request.error();
  const Result<json::object> answer = ask_object(ask, *request);
  if (!answer) return answer.error();
  if (!wish.operator_id.empty() && list_of(*answer, "items").empty() && list_of(*answer, "messages").empty())
    return Error{ErrorCode::kNotFound, "neither a message nor a receipt of operator " + wish.operator_id +
                                           " is known by this id; it is compared as the operator writes it"};
  if (wish.as_json) {
    out << json::serialize(*answer) << '\n';
  } else if (wish.operator_id.empty()) {
    tell_message(*answer, out);
  } else {
    tell_receipts(*answer, out);
  }
  return {};
}

}  // namespace dlrgw::host
