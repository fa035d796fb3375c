// SPDX-License-Identifier: Apache-2.0
// The permissions of the gateway's NATS user as a block of nats-server configuration. Pure. Every subject is literal.
#pragma once
#include <string>
#include <vector>

#include "nats/subjects.hpp"

namespace dlrgw::host {

struct PermissionOptions {
  unsigned replicas = 1;  // 0 … replicas-1
  std::string stream{subjects::kStream};
  std::string subject{subjects::kInbound};
  std::string consumer{subjects::kConsumer};
  std::vector<std::string> outbound = {};  // the subjects that its plugins' events go to
  std::string api_prefix{subjects::kApi};
};

// `include` it inside the user's entry.
std::string permissions_text(const PermissionOptions& options);

}  // namespace dlrgw::host
