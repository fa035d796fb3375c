// SPDX-License-Identifier: Apache-2.0
#include "boundary/batch.hpp"

#include <algorithm>

namespace dlrgw::host {

void Batch::open(Pool& pool, const Clock& clock, std::chrono::microseconds within) {
  started_mono_us = clock.monotonic_us();
  deadline_us = clock.now_us() + within.count();
  work = std::make_unique<dlrgw_uow>(pool, clock, started_mono_us + within.count(), true);
}

void Batch::begin_run(std::size_t stages) {
  seen.assign(stages, {});
  stage_us.clear();
  alive.clear();
  views.clear();
  views.reserve(receipts.size());
  for (const Receipt& receipt : receipts) {
    alive.push_back(static_cast<std::uint32_t>(alive.size()));
    views.push_back(receipt.view());
    retried = retried || !receipt.delivery().retries.entries.empty();
  }
}

void fill_batch(Batch& batch, std::vector<Delivery> deliveries) {
  std::sort(deliveries.begin(), deliveries.end(),
            [](const Delivery& a, const Delivery& b) { return a.stream_seq < b.stream_seq; });
  for (Delivery& delivery : deliveries) {
    DecodeResult decoded =
        decode_receipt(delivery.payload, {delivery.identity(), delivery.stream_seq, delivery.stream_time_us});
    if (auto* failure = std::get_if<DecodeFailure>(&decoded)) {
      batch.invalid.push_back({std::move(delivery), std::move(*failure)});
    } else {
      const std::uint64_t handle = batch.handle_of(batch.receipts.size());
      batch.receipts.emplace_back(std::move(delivery), std::move(std::get<Inbound>(decoded)), handle);
    }
  }
}

std::vector<Delivery> take_deliveries(Batch& batch) {
  std::vector<Delivery> out;
  out.reserve(batch.receipts.size() + batch.invalid.size());
  for (Receipt& receipt : batch.receipts) out.push_back(std::move(receipt.delivery()));
  for (InvalidDelivery& invalid : batch.invalid) out.push_back(std::move(invalid.delivery));
  batch.receipts.clear();
  batch.invalid.clear();
  return out;
}

}  // namespace dlrgw::host
