// SPDX-License-Identifier: Apache-2.0
#include "story_routes.hpp"

#include <dlrgw/cpp/text.hpp>

#include "admin_route.hpp"

namespace dlrgw::admin_http {
namespace {

constexpr std::size_t kMaxOperatorId = 64;
constexpr std::size_t kMaxOperatorMessageId = 255;

// false: it is there and no time.
bool read_time(std::string_view text, std::optional<std::int64_t>& out) {
  if (text.empty()) return true;
  out = parse_time_us(text);
  return out.has_value();
}

}  // namespace

void StoryRoutes::register_in(Registrar& registrar) {
  registrar.route(admin_route("GET", "/v1/admin/messages/{messageId}?"),
                  [this](const HttpRequest& request, HttpResponse& response) {
                    send(response, message(request.param("messageId")));
                  });
  registrar.route(admin_route("GET", "/v1/admin/receipts?operatorId&operatorMessageId&from&to"),
                  [this](const HttpRequest& request, HttpResponse& response) { send(response, receipts(request)); });
}

Answer StoryRoutes::message(std::string_view id) const {
  if (!is_uuid(id)) return {400, "the id of a message is a UUID; GET /v1/admin/receipts finds it by the operator's id"};
  try {
    std::optional<std::string> story = story_.of_message(id);
    if (!story) return {404, "no table knows a message with this id"};
    return {200, std::move(*story)};
  } catch (const Error& e) {
    return away(e);
  }
}

Answer StoryRoutes::receipts(const HttpRequest& request) const {
  ReceiptQuery query{std::string(request.query("operatorId")), std::string(request.query("operatorMessageId")), {}, {}};
  if (query.operator_id.empty() || query.operator_id.size() > kMaxOperatorId)
    return {400, "\"operatorId\" is needed, up to 64 characters"};
  if (query.operator_message_id.empty() || query.operator_message_id.size() > kMaxOperatorMessageId)
    return {400, "\"operatorMessageId\" is needed, up to 255 characters, as the operator's receipts write it"};
  if (!read_time(request.query("from"), query.from_us) || !read_time(request.query("to"), query.to_us))
    return {400, "\"from\" and \"to\" are times such as 2026-11-22T10:15:00Z"};
  if (query.from_us && query.to_us && *query.from_us >= *query.to_us)
    return {400, "\"from\" must be before \"to\", which is not included"};
  try {
    return {200, story_.receipts(query)};
  } catch (const Error& e) {
    return away(e);
  }
}

}  // namespace dlrgw::admin_http
