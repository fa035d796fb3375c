// SPDX-License-Identifier: Apache-2.0
// Whether the intake may pull from a consumer. Every setting that would change what is delivered, or when it is
// redelivered, is checked by one of three rules: it must be exactly so, at least so, or absent. Pure.
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

// Empty when the consumer is as it must be; otherwise one sentence that says how it is and how it must be.
std::string consumer_problem(const ConsumerInfo& have, const ConsumerWanted& want);

}  // namespace dlrgw::host
