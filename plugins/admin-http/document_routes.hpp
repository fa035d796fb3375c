// SPDX-License-Identifier: Apache-2.0
// What the interfaces look like, for tools: GET /openapi.json and GET /asyncapi.json, open to all.
#pragma once
#include <dlrgw/plugin.hpp>

namespace dlrgw::admin_http {

void register_documents(Registrar& registrar);

}  // namespace dlrgw::admin_http
