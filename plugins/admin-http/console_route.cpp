// SPDX-License-Identifier: Apache-2.0
#include "console_route.hpp"

#include <dlrgw/cpp/text.hpp>

#include "admin_route.hpp"
#include "answer.hpp"
#include "story_page.hpp"

namespace dlrgw::admin_http {
namespace {

void send_page(HttpResponse& response, std::uint32_t status, std::string_view html) {
  response.header("Content-Security-Policy", kConsolePolicy);
  response.header("X-Frame-Options", "DENY");
  response.header("Cross-Origin-Opener-Policy", "same-origin");
  response.header("Cross-Origin-Resource-Policy", "same-origin");
  response.send(status, "text/html; charset=utf-8", html);
}

}  // namespace

ConsoleParts ConsoleRoute::parts() {
  const std::string pipeline = control_.pipeline();
  StageRates rates;
  std::string charts;
  {
    const MutexLock lock(mutex_);
    rates = meter_.rates(pipeline, clock_.monotonic_us());
    charts = history_.charts(clock_.monotonic_us());
  }
  return {{"now", now_section(pipeline, rates)},
          {"hour", charts},
          {"stages", stages_section(pipeline, rates)},
          {"held", held_.section()},
          {"plugins", plugins_section(control_.plugins())},
          {"jobs", jobs_section(control_.jobs())}};
}

std::string ConsoleRoute::search(const HttpRequest& request) const {
  const std::string_view id = request.query("id");
  const std::string_view operator_id = request.query("operatorId");
  if (id.empty()) return no_story_page("The id of a message is needed, or the id that its operator gave it.");
  if (!operator_id.empty())
    return receipts_page(operator_id, id, story_.receipts({std::string(operator_id), std::string(id), {}, {}}));
  if (!is_uuid(id))
    return no_story_page("This is no message id, which is a UUID. An operator's own id needs the operator beside it.");
  const std::optional<std::string> story = story_.of_message(id);
  return story ? message_page(*story) : no_story_page("No table knows a message with this id.");
}

void ConsoleRoute::register_in(Registrar& registrar) {
  registrar.route(admin_route("GET", "/"), [this](const HttpRequest&, HttpResponse& response) {
    send_page(response, 200, console_page(parts()));
  });
  registrar.route(admin_route("GET", "/console/search?id&operatorId"),
                  [this](const HttpRequest& request, HttpResponse& response) {
                    try {
                      send_page(response, 200, search(request));
                    } catch (const Error& e) {
                      send_page(response, 503, no_story_page(away(e).body));
                    }
                  });
  registrar.job({.name = "admin-http.console", .schedule = "every 1m"}, [this](const JobContext&) {
    const std::string pipeline = control_.pipeline();
    const MutexLock lock(mutex_);
    history_.look(pipeline, clock_.monotonic_us());
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
