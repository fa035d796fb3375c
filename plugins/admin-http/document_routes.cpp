// SPDX-License-Identifier: Apache-2.0
#include "document_routes.hpp"

#include "api_documents.hpp"

namespace dlrgw::admin_http {

void register_documents(Registrar& registrar) {
  const auto document = [&](std::string_view path, std::string_view text) {
    registrar.route({.listener = DLRGW_LISTENER_ADMIN, .pattern = path, .open = true},
                    [text](const HttpRequest&, HttpResponse& response) { response.json(200, text); });
  };
  document("/openapi.json", kOpenApi);
  document("/asyncapi.json", kAsyncApi);
}

}  // namespace dlrgw::admin_http
