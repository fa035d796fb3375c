// SPDX-License-Identifier: Apache-2.0
// One call of an admin route by somebody who may use the control socket: the gateway's own user, or root. The same
// handler as over HTTP; without a token, because whoever is allowed there owns the process. [control]
#pragma once
#include <string>
#include <string_view>

#include "http/router.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

// What the actor of such a call is named in the audit log.
inline constexpr std::string_view kLocalActor = "control-socket";

// request: "METHOD /path?query body", the target as in HTTP. The answer's body; else the reason that the route gives.
[[nodiscard]] Result<std::string> call_locally(const RouteTable& routes, std::string_view request);

}  // namespace dlrgw::host
