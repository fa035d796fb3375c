// SPDX-License-Identifier: Apache-2.0
// What the configuration means for the connection to NATS, the intake and the lanes. Pure.
#pragma once
#include <cstdint>
#include <string>

#include "config/config.hpp"
#include "intake/intake_types.hpp"
#include "nats/connection.hpp"

namespace dlrgw::host {

NatsOptions nats_options(const Config& config);
// For whoever creates streams: certificates and JetStream's domain are the configuration's. A login in the URL takes
// the place of the configuration's user, password or credentials file.
NatsOptions administrator_options(const Config& config, const std::string& url);
IntakeOptions intake_options(const Config& config, unsigned replica);
// How many lanes there are, and how many of them are worked on at once. processors: of this machine, 0 = unknown.
std::uint32_t lane_count(const Config& config);
std::uint32_t lanes_at_once(const Config& config, unsigned processors);

}  // namespace dlrgw::host
