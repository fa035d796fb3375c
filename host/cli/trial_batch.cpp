// SPDX-License-Identifier: Apache-2.0
#include "cli/trial_batch.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::seconds kDeadline{60};  // longer than a lane's: nobody waits for it

}  // namespace

std::unique_ptr<Batch> trial_batch(SharedParts& shared, std::uint64_t id, std::vector<Delivery> deliveries) {
  auto batch = std::make_unique<Batch>();
  batch->id = id;
  batch->dry_run = true;
  batch->open(shared.pool("svc"), shared.clock, kDeadline);
  fill_batch(*batch, std::move(deliveries));
  return batch;
}

}  // namespace dlrgw::host
