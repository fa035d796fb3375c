// SPDX-License-Identifier: Apache-2.0
#include "control/plugin_routes.hpp"

#include <utility>

#include "boundary/call_watch.hpp"
#include "boundary/guard.hpp"
#include "boundary/services/abi_values.hpp"
#include "http/builtin_routes.hpp"
#include "http/exchange.hpp"
#include "http/login_routes.hpp"

namespace dlrgw::host {
namespace {

// The request as the plugin sees it. Lives for the call.
class RequestView {
 public:
  explicit RequestView(const HttpRequest& request) : request_(request) {
    raw_.struct_size = sizeof raw_;
    raw_.self = this;
    raw_.method = str(request.method);
    raw_.path = str(request.path);
    raw_.body = str(request.body);
    raw_.header = [](void* self, dlrgw_str name) { return str(of(self).header(view(name))); };
    raw_.param = [](void* self, dlrgw_str name) { return str(of(self).param(view(name))); };
    raw_.query = [](void* self, dlrgw_str name) { return str(of(self).query_value(view(name))); };
    if (!request.claims) return;
    for (const std::string& scope : request.claims->scopes) scopes_.push_back(str(scope));
    claims_.struct_size = sizeof claims_;
    claims_.scope_count = static_cast<std::uint32_t>(scopes_.size());
    claims_.scopes = scopes_.data();
    claims_.scope_stride = sizeof(dlrgw_str);
    claims_.subject = str(request.claims->subject);
    claims_.account_id = str(request.claims->account_id);
    raw_.claims = &claims_;
  }
  RequestView(const RequestView&) = delete;
  RequestView& operator=(const RequestView&) = delete;
  [[nodiscard]] const dlrgw_http_request* raw() const { return &raw_; }

 private:
  static const HttpRequest& of(void* self) { return static_cast<RequestView*>(self)->request_; }
  const HttpRequest& request_;
  std::vector<dlrgw_str> scopes_;
  dlrgw_claims claims_{};
  dlrgw_http_request raw_{};
};

std::int32_t code_of(const Status& status) {
  return status ? DLRGW_OK : static_cast<std::int32_t>(status.error().code);
}

// The answer as the plugin gives it. Lives for the call.
class ResponseView {
 public:
  explicit ResponseView(Exchange& exchange) : exchange_(exchange) {
    raw_.struct_size = sizeof raw_;
    raw_.self = this;
    raw_.header = [](void* self, dlrgw_str name, dlrgw_str value) { return of(self).header(view(name), view(value)); };
    raw_.send = [](void* self, std::uint32_t status, dlrgw_str content_type, dlrgw_str body) {
      const HostTime service;
      return code_of(of(self).exchange_.send(of(self).answer(status, view(content_type), view(body))));
    };
    raw_.begin = [](void* self, std::uint32_t status, dlrgw_str content_type) {
      const HostTime service;
      return code_of(of(self).exchange_.begin(of(self).answer(status, view(content_type), {})));
    };
    raw_.write = [](void* self, dlrgw_str chunk) {
      const HostTime service;  // it waits for a slow client
      return code_of(of(self).exchange_.write(view(chunk)));
    };
  }
  ResponseView(const ResponseView&) = delete;
  ResponseView& operator=(const ResponseView&) = delete;
  [[nodiscard]] const dlrgw_http_response* raw() const { return &raw_; }

 private:
  static ResponseView& of(void* self) { return *static_cast<ResponseView*>(self); }
  std::int32_t header(std::string_view name, std::string_view value) {
    if (exchange_.answered()) return DLRGW_E_DENIED;
    if (!header_allowed(name, value)) return DLRGW_E_INVALID;
    headers_.emplace_back(name, value);
    return DLRGW_OK;
  }
  [[nodiscard]] HttpResponse answer(std::uint32_t status, std::string_view content_type, std::string_view body) const {
    return {status, std::string(content_type), std::string(body), headers_};
  }
  Exchange& exchange_;
  NameValues headers_;
  dlrgw_http_response raw_{};
};

struct PluginRoute {
  RouteSlot slot;
  std::shared_ptr<const void> keep;
  RouteDeps deps;

  void operator()(const HttpRequest& request, Exchange& exchange) const {
    const RequestView view_of(request);
    const ResponseView answer(exchange);
    const std::string name = slot.contribution.method + " " + slot.contribution.pattern;
    const std::string what = "route " + name;
    const Status done = [&] {
      const PluginCall mark({CallKind::kRoute, slot.plugin, slot.version, what});
      return call_guarded("plugin " + slot.plugin + ": route " + name, [&](dlrgw_error* error) {
        return slot.contribution.table.handle(slot.user, view_of.raw(), answer.raw(), error);
      });
    }();
    if (done && exchange.answered()) return;
    if (!done && exchange.abandoned()) {
      exchange.finish(false);  // not a failure of the handler: the client is gone
      return;
    }
    deps.metrics.plugin_error(slot.plugin, "route");
    deps.logger.emit(Level::kError, "dlr.plugin.failed",
                     {{"plugin", std::string_view(slot.plugin)},
                      {"route", std::string_view(name)},
                      {"reason", done ? std::string_view("gave no answer") : std::string_view(done.error().text)}});
    if (!done) exchange.finish(false);
  }
};

}  // namespace

namespace {

Route route_of(const RouteSlot& slot) {
  const RouteClass& contribution = slot.contribution;
  Route route;
  route.listener = contribution.table.listener == DLRGW_LISTENER_ADMIN ? Listener::kAdmin : Listener::kPublic;
  route.owner = "plugin " + slot.plugin;
  route.method = contribution.method;
  route.pattern = contribution.pattern;
  route.body_limit = contribution.table.body_limit;
  route.access.open = (contribution.table.flags & DLRGW_ROUTE_OPEN) != 0;
  if (!contribution.scope.empty()) route.access.scopes = {contribution.scope};
  return route;
}

Error refused(const RouteSlot& slot, const Error& error) {
  return {error.code, "plugin " + slot.plugin + ": " + error.text};
}

}  // namespace

std::vector<std::string> refused_routes(const std::vector<RouteSlot>& routes) {
  std::vector<std::string> out;
  Router router;
  Status own = builtin_routes(
      router, [] { return true; }, [] { return std::vector<ReadyCheck>{}; }, [] { return std::string(); });
  if (own)
    own = login_routes(
        router, [](std::string_view) { return TokenFault::kUnknownKey; }, true);
  if (!own) out.push_back(own.error().text);
  for (const RouteSlot& slot : routes) {
    Route route = route_of(slot);
    route.blocking = [](const HttpRequest&, Exchange&) {};
    if (Status added = router.add(std::move(route)); !added) out.push_back(refused(slot, added.error()).text);
  }
  return out;
}

Status add_plugin_routes(Router& router, const std::vector<RouteSlot>& routes, const std::shared_ptr<const void>& keep,
                         const RouteDeps& deps) {
  for (const RouteSlot& slot : routes) {
    Route route = route_of(slot);
    route.blocking = PluginRoute{slot, keep, deps};
    if (Status added = router.add(std::move(route)); !added) return refused(slot, added.error());
  }
  return {};
}

}  // namespace dlrgw::host
