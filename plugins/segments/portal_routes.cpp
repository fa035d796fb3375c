// SPDX-License-Identifier: Apache-2.0
#include "portal_routes.hpp"

#include <variant>

#include <dlrgw/cpp/text.hpp>

#include "portal_page.hpp"

namespace dlrgw::segments {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";

struct Refusal {
  std::uint32_t status;
  std::string_view title;  // of the page
  std::string_view sentence;
};
constexpr Refusal kBadId{400, "This is no message id", "The id of a message is a UUID."};
constexpr Refusal kNoAccount{403, "No account",
                             "The token names no account (account_id), whose messages could be shown."};
// The same whether the message belongs to another account or does not exist.
constexpr Refusal kNotFound{404, "No such message", "Your account has no message with this id."};
constexpr Refusal kAway{503, "Not now", "The database did not answer. Try again in a moment."};

std::variant<PortalMessage, Refusal> look_up(const PortalReader& reader, const HttpRequest& request) {
  const std::string_view id = request.param("messageId");
  const std::string_view account = request.claims().account_id();
  if (!is_uuid(id)) return kBadId;
  if (account.empty()) return kNoAccount;
  try {
    std::optional<PortalMessage> message = reader.find(account, id);
    if (!message) return kNotFound;
    return std::move(*message);
  } catch (const Error& e) {
    if (e.code() != DLRGW_E_UNAVAILABLE && e.code() != DLRGW_E_TRANSIENT) throw;
    return kAway;
  }
}

void send_page(HttpResponse& response, std::uint32_t status, std::string_view html) {
  response.header("Content-Security-Policy", kPagePolicy);
  response.header("X-Frame-Options", "DENY");
  response.header("Cross-Origin-Opener-Policy", "same-origin");
  response.header("Cross-Origin-Resource-Policy", "same-origin");
  response.send(status, kHtml, html);
}

}  // namespace

void PortalRoutes::add_to(Registrar& registrar) {
  const auto document = [&](std::string_view pattern, std::string (*text)(const PortalMessage&)) {
    registrar.route({.pattern = pattern}, [this, text](const HttpRequest& request, HttpResponse& response) {
      json(request, response, text);
    });
  };
  document("/v1/sms/{messageId}", portal_message_json);
  document("/v1/sms/{messageId}/segments", portal_segments_json);
  registrar.route({.pattern = "/portal/messages/{messageId}"},
                  [this](const HttpRequest& request, HttpResponse& response) { page(request, response); });
  // Open: it says nothing about anybody, and a page that refuses needs it too.
  registrar.route({.pattern = kStylePath, .open = true}, [](const HttpRequest&, HttpResponse& response) {
    response.header("Cache-Control", "public, max-age=300");
    response.send(200, "text/css; charset=utf-8", style_sheet());
  });
}

void PortalRoutes::json(const HttpRequest& request, HttpResponse& response,
                        std::string (*text)(const PortalMessage&)) const {
  const auto found = look_up(reader_, request);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return response.problem(refusal->status, refusal->sentence);
  response.json(200, text(std::get<PortalMessage>(found)));
}

void PortalRoutes::page(const HttpRequest& request, HttpResponse& response) const {
  const auto found = look_up(reader_, request);
  if (const auto* refusal = std::get_if<Refusal>(&found))
    return send_page(response, refusal->status, refusal_page(refusal->title, refusal->sentence));
  send_page(response, 200, message_page(std::get<PortalMessage>(found), clock_.now_us()));
}

}  // namespace dlrgw::segments
