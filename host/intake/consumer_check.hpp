// Whether a consumer is the one that the intake may pull from. Pure.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "nats/api_client.hpp"

namespace dlrgw::host {

struct ConsumerWanted {
  std::string consumer;
  std::string subject;
  std::chrono::milliseconds ack_wait{};
  std::int64_t max_ack_pending = 0;
};

// Empty = as it must be; else one sentence with what is and what must be.
std::string consumer_problem(const ConsumerInfo& have, const ConsumerWanted& want);

}  // namespace dlrgw::host
