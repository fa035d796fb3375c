// The permissions of the gateway's NATS user as a block of nats-server configuration. Pure. Every subject is literal.
#pragma once
#include <span>
#include <string>

namespace dlrgw::host {

// For replicas 0 … replicas-1. `include` it inside the user's entry.
// outbound: the subjects that its plugins' events go to.
std::string permissions_text(unsigned replicas, std::span<const std::string> outbound);

}  // namespace dlrgw::host
