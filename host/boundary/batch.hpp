// SPDX-License-Identifier: Apache-2.0
// The receipts that one lane carries together, and what could not become a receipt. Lives on its lane's thread.
#pragma once
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "boundary/work.hpp"
#include "receipt/decode_receipt.hpp"
#include "receipt/receipt.hpp"

namespace dlrgw::host {

// A delivery whose bytes are no receipt.
struct InvalidDelivery {
  Delivery delivery;
  DecodeFailure failure;
};

struct Batch {
  std::uint64_t id = 0;
  std::int64_t deadline_us = 0;  // wall clock
  std::int64_t started_mono_us = 0;
  std::deque<Receipt> receipts;  // never moves its elements: views point into them
  std::vector<InvalidDelivery> invalid;
  std::unique_ptr<dlrgw_uow> work;
  std::vector<std::vector<std::uint32_t>> seen;  // per stage: the receipts that process() saw, in order
  // What the next stage gets: the indexes of the receipts that no stage has ended yet and, in the same order, their
  // views. Both are kept from stage to stage, since most stages change few receipts.
  std::vector<std::uint32_t> alive;
  std::vector<dlrgw_receipt> views;
  std::vector<std::int64_t> stage_us;  // how long each stage took in this run, those that were called
  bool retried = false;                // some receipt has retries of a stage
  std::uint32_t persisted_events = 0;
  bool dry_run = false;
  std::vector<std::string> skips;  // of a submission: opaque names that stages read

  // Begins its time and gives it a unit of work, without a connection yet.
  void open(Pool& pool, const Clock& clock, std::chrono::microseconds within);
  // Before the first stage.
  void begin_run(std::size_t stages);

  // A handle names its batch, so that a call with a handle of another batch is refused.
  static constexpr std::uint32_t kIndexBits = 16;
  [[nodiscard]] std::uint64_t handle_of(std::size_t index) const { return (id << kIndexBits) | (index + 1); }
  // null for a handle of another batch.
  [[nodiscard]] Receipt* find(std::uint64_t handle) {
    const std::uint64_t index = handle & ((std::uint64_t{1} << kIndexBits) - 1);
    if ((handle >> kIndexBits) != id || index == 0 || index > receipts.size()) return nullptr;
    return &receipts[index - 1];
  }
};

// Decodes all deliveries in stream order.
void fill_batch(Batch& batch, std::vector<Delivery> deliveries);
// The deliveries back, for another run.
std::vector<Delivery> take_deliveries(Batch& batch);

}  // namespace dlrgw::host
