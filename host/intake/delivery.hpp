// SPDX-License-Identifier: Apache-2.0
// One JetStream delivery of one receipt, from fetch to settle. Owned by whoever holds it: the intake's queue, a lane's
// batch, or the park.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::host {

// How often each stage has asked to see this receipt again. Keyed by the stage's name, so that it survives a reload.
struct StageRetries {
  struct Entry {
    std::string stage;
    std::uint32_t count = 0;
  };
  std::vector<Entry> entries;

  [[nodiscard]] std::uint32_t of(std::string_view stage) const {
    for (const Entry& e : entries)
      if (e.stage == stage) return e.count;
    return 0;
  }
  std::uint32_t increment(std::string_view stage) {
    for (Entry& e : entries)
      if (e.stage == stage) return ++e.count;
    entries.push_back({std::string(stage), 1});
    return 1;
  }
};

struct Delivery {
  std::string payload;
  std::string traceparent;             // W3C header or empty
  std::string reply;                   // the reply subject that takes the acknowledgement
  std::uint64_t connection_epoch = 0;  // replies of an earlier connection are refused by the server
  std::shared_ptr<const std::string>
      stream_identity;  // "name@created"; null only in tests. With stream_seq it names the receipt
  std::uint64_t stream_seq = 0;
  std::uint32_t delivery_count = 1;
  std::int64_t stream_time_us = 0;          // when JetStream stored it
  std::int64_t delivered_monotonic_us = 0;  // when it reached this process
  std::int64_t worked_us = 0;               // time in lanes so far, waiting excluded
  std::int64_t waited_us = 0;               // time asked for by retries so far
  StageRetries retries;

  [[nodiscard]] std::string_view identity() const {
    return stream_identity ? std::string_view(*stream_identity) : std::string_view();
  }
};

}  // namespace dlrgw::host
