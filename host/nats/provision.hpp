// SPDX-License-Identifier: Apache-2.0
// Creates the streams and the consumer, or brings them up to what the contract says; twice does no harm. Needs an
// administrator's connection (nats.c's management calls use random inboxes). Called by `dlr-gateway provision` and
// tests.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "nats/connection.hpp"
#include "nats/subjects.hpp"

namespace dlrgw::host {

struct ProvisionOptions {
  std::string stream{subjects::kStream};
  std::string subject{subjects::kInbound};
  std::string consumer{subjects::kConsumer};
  std::int64_t stream_replicas = 1;
  std::int64_t max_ack_pending = 20'000;
  std::vector<std::string> outbound = {};  // not empty: also DLR_EVENTS for these subjects, for demo and tests
};

// One sentence for each object: created, updated or as it should be. An error names the object, what it is, what it
// should be and what to do; nothing is ever deleted.
Result<std::vector<std::string>> provision(NatsConnection& administrator, const ProvisionOptions& options);

}  // namespace dlrgw::host
