// SPDX-License-Identifier: Apache-2.0
#include "console_route.hpp"

#include "admin_route.hpp"

namespace dlrgw::admin_http {

ConsoleParts ConsoleRoute::parts() {
  const std::string pipeline = control_.pipeline();
  StageRates rates;
  {
    const MutexLock lock(mutex_);
    rates = meter_.rates(pipeline, clock_.monotonic_us());
  }
  return {{"now", now_section(pipeline, rates)},
          {"stages", stages_section(pipeline, rates)},
          {"held", held_.section()},
          {"plugins", plugins_section(control_.plugins())},
          {"jobs", jobs_section(control_.jobs())}};
}

void ConsoleRoute::register_in(Registrar& registrar) {
  registrar.route(admin_route("GET", "/"), [this](const HttpRequest&, HttpResponse& response) {
    response.header("Content-Security-Policy", kConsolePolicy);
    response.header("X-Frame-Options", "DENY");
    response.header("Cross-Origin-Opener-Policy", "same-origin");
    response.header("Cross-Origin-Resource-Policy", "same-origin");
    response.send(200, "text/html; charset=utf-8", console_page(parts()));
  });
  registrar.route(admin_route("GET", "/console/live"), [this](const HttpRequest&, HttpResponse& response) {
    JsonWriter json;
    json.begin_object();
    for (const auto& [name, html] : parts()) json.member(name, std::string_view(html));
    json.end_object();
    response.json(200, json.text());
  });
  const auto open = [&](std::string_view path, std::string_view type, std::string_view (*text)()) {
    registrar.route({.listener = DLRGW_LISTENER_ADMIN, .pattern = path, .open = true},
                    [type, text](const HttpRequest&, HttpResponse& response) { response.send(200, type, text()); });
  };
  open(kConsoleStylePath, "text/css; charset=utf-8", console_style);
  open(kConsoleScriptPath, "text/javascript; charset=utf-8", console_script);
}

}  // namespace dlrgw::admin_http
