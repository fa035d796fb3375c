// SPDX-License-Identifier: Apache-2.0
// One dependency away for a while under a steady load: /ready tells the truth, nothing is lost, rejected or orphaned,
// recovery needs nobody.
#pragma once
#include <chrono>
#include <cstddef>

namespace dlrgw::test {

struct OutagePlan {
  std::size_t per_second = 500;
  std::chrono::seconds away{};
  bool real_ack_wait = false;  // NATS only: wait for the deliveries whose answers were refused
};

void run_postgres_away(const OutagePlan& plan);
void run_nats_away(const OutagePlan& plan);
void run_redis_away(const OutagePlan& plan);
void run_started_before_its_servers();
// A privilege is taken from the service role and given back: it costs no receipt.
void run_without_a_right();

}  // namespace dlrgw::test
