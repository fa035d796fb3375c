#include "console_route.hpp"

#include "admin_route.hpp"
#include "console_page.hpp"

namespace dlrgw::admin_http {

void register_console(Registrar& registrar) {
  registrar.route(admin_route("GET", "/"), [](const HttpRequest&, HttpResponse& response) {
    response.header("Content-Security-Policy", kConsolePolicy);
    response.header("X-Frame-Options", "DENY");
    response.header("Cross-Origin-Opener-Policy", "same-origin");
    response.header("Cross-Origin-Resource-Policy", "same-origin");
    response.send(200, "text/html; charset=utf-8", console_page());
  });
  const auto open = [&](std::string_view path, std::string_view type, std::string_view (*text)()) {
    registrar.route({.listener = DLRGW_LISTENER_ADMIN, .pattern = path, .open = true},
                    [type, text](const HttpRequest&, HttpResponse& response) { response.send(200, type, text()); });
  };
  open(kConsoleStylePath, "text/css; charset=utf-8", console_style);
  open(kConsoleScriptPath, "text/javascript; charset=utf-8", console_script);
}

}  // namespace dlrgw::admin_http
