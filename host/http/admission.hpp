// SPDX-License-Identifier: Apache-2.0
// Decides, once a request's header is complete and before a byte of its body is read, which route answers it or why it
// is refused: unknown path or method, no token, not enough scope. A browser without a token is sent to the login page
// of the admin listener. No I/O but the key file; any thread.
#pragma once
#include <optional>
#include <string_view>

#include "http/auth/token_verifier.hpp"
#include "http/router.hpp"

namespace dlrgw::host {

struct Admission {
  const Route* route = nullptr;  // of the router; null with a refusal
  std::optional<HttpResponse> refusal;
};

// request holds method and headers; path, query, params and claims are added, the claims of a refused request too.
// target: as in the request line. tokens may be null: no token is valid.
Admission admit(const Router& router, TokenVerifier* tokens, Listener listener, std::string_view target,
                HttpRequest& request);

}  // namespace dlrgw::host
