// SPDX-License-Identifier: Apache-2.0
// The batch in which a command tries plugins: a dry run, of which nothing is kept. Pure; any thread.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "boundary/batch.hpp"
#include "control/shared_parts.hpp"

namespace dlrgw::host {

// id: no two batches of a process have the same.
std::unique_ptr<Batch> trial_batch(SharedParts& shared, std::uint64_t id, std::vector<Delivery> deliveries);

}  // namespace dlrgw::host
