// SPDX-License-Identifier: Apache-2.0
#include "http/builtin_routes.hpp"

#include <algorithm>
#include <utility>

#include "telemetry/json_text.hpp"

namespace dlrgw::host {
namespace {

HttpResponse ready_response(const std::vector<ReadyCheck>& checks, Listener listener) {
  ReadyState worst = ReadyState::kOk;
  for (const ReadyCheck& check : checks) worst = std::max(worst, check.state);
  HttpResponse out;
  out.status = worst == ReadyState::kUnavailable ? 503 : 200;
  out.body = "{\"status\":";
  append_json_string(out.body, to_string(worst));
  out.body += ",\"checks\":{";
  for (const ReadyCheck& check : checks) {
    if (&check != checks.data()) out.body += ',';
    append_json_string(out.body, check.name);
    out.body += ":{\"state\":";
    append_json_string(out.body, to_string(check.state));
    if (listener == Listener::kAdmin) {
      out.body += ",\"detail\":";
      append_json_string(out.body, check.detail);
    }
    out.body += '}';
  }
  out.body += "}}";
  return out;
}

}  // namespace

std::string_view to_string(ReadyState state) {
  switch (state) {
    case ReadyState::kOk:
      return "ok";
    case ReadyState::kDegraded:
      return "degraded";
    case ReadyState::kUnavailable:
      return "unavailable";
  }
  return "unavailable";
}

Status builtin_routes(Router& router, LiveCallback live, const ReadyCallback& ready, MetricsCallback metrics,
                      bool metrics_open) {
  const auto liveness = [live = std::move(live)](const HttpRequest&) {
    if (live()) return HttpResponse{200, "application/json", R"({"status":"ok"})", {}};
    return HttpResponse{503, "application/json", R"({"status":"no lane is left"})", {}};
  };
  for (const Listener listener : {Listener::kPublic, Listener::kAdmin}) {
    if (Status added = router.add({listener, "GET", "/live", liveness}); !added) return added;
    const auto readiness = [ready, listener](const HttpRequest&) { return ready_response(ready(), listener); };
    if (Status added = router.add({listener, "GET", "/ready", readiness}); !added) return added;
  }
  Route scrape{Listener::kAdmin, "GET", "/metrics", [metrics = std::move(metrics)](const HttpRequest&) {
                 return HttpResponse{200, "text/plain; version=0.0.4; charset=utf-8", metrics(), {}};
               }};
  if (!metrics_open) scrape.access = {false, {"dlr:metrics", "dlr:admin"}};
  return router.add(std::move(scrape));
}

}  // namespace dlrgw::host
