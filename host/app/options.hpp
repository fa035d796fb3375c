// SPDX-License-Identifier: Apache-2.0
// What the configuration means for the connection to NATS and for the intake. Pure.
#pragma once
#include "config/config.hpp"
#include "intake/intake_types.hpp"
#include "nats/connection.hpp"

namespace dlrgw::host {

NatsOptions nats_options(const Config& config);
IntakeOptions intake_options(const Config& config, unsigned replica);

}  // namespace dlrgw::host
