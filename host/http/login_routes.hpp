// SPDX-License-Identifier: Apache-2.0
// Into the console with a browser: GET /login asks for a token, POST /login puts a good one into the cookie dlr_token,
// POST /logout takes it out again. On the admin listener, open to all.
#pragma once
#include <functional>
#include <string_view>
#include <variant>

#include "http/auth/claims.hpp"
#include "http/router.hpp"

namespace dlrgw::host {

// Whose token it is; called on I/O threads, several at once.
using TokenCheck = std::function<std::variant<Claims, TokenFault>(std::string_view token)>;

// secure_cookie: the listener speaks TLS, and the browser is to send the cookie over TLS only.
Status login_routes(Router& router, TokenCheck check, bool secure_cookie);

// Where a browser that has no good token is sent from this target; it comes back after it has logged in.
[[nodiscard]] HttpResponse to_login(std::string_view target);

}  // namespace dlrgw::host
