// The permissions of the gateway's NATS user as a block of nats-server configuration. Pure. Every subject is literal.
#pragma once
#include <string>

namespace dlrgw::host {

// For replicas 0 … replicas-1. `include` it inside the user's entry.
std::string permissions_text(unsigned replicas);

}  // namespace dlrgw::host
