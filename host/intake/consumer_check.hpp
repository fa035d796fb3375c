// SPDX-License-Identifier: Apache-2.0
// Whether a consumer is the one that the intake may pull from. Everything that would change what is delivered, or when
// it comes again, is checked by one of three rules: exactly, at least, must not. Pure.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "intake/intake_types.hpp"
#include "nats/api_client.hpp"

namespace dlrgw::host {

struct ConsumerWanted {
  std::string consumer;
  std::string subject;
  std::chrono::milliseconds ack_wait{};  // at least
  std::int64_t max_ack_pending = 0;      // at least
  std::int64_t batch_max = 0;            // what one request may ask for
  std::chrono::milliseconds pull_expires{};
};

ConsumerWanted wanted_of(const IntakeOptions& options);

// Empty = as it must be; else one sentence with what is and what must be.
std::string consumer_problem(const ConsumerInfo& have, const ConsumerWanted& want);

}  // namespace dlrgw::host
