// SPDX-License-Identifier: Apache-2.0
// What one call of dlr-bench measures. A value.
#pragma once
#include <cstdint>
#include <vector>

namespace dlrgw::bench {

struct Options {
  bool json = false;
  bool quick = false;
  bool statements = false;  // also: what PostgreSQL spent on each statement of the drain
  bool trace = false;       // also: where the slowest batches spent their time
  bool drain_only = false;
  bool reload_only = false;
  int runs = 3;
  int history = 0;  // millions of receipts that are stored before the gateway's drain begins

  std::int64_t messages = 2'000'000;  // preloaded
  std::int64_t drain = 200'000;       // receipts that wait in the stream when the gateway starts
  std::int64_t loop_drain = 100'000;  // the same for each drain of the bare loop
  int warm_up_seconds = 1;            // of each rate, not counted: sessions plan anew after what was before
  int rate_seconds = 10;
  std::vector<int> rates = {500, 2000, 5000};  // receipts per second
  int reload_rate = 2000;

  void make_quick() {
    quick = true;
    messages = 200'000;
    drain = 40'000;
    loop_drain = 40'000;
    rate_seconds = 5;
  }
  [[nodiscard]] std::int64_t receipts_at(int rate) const {
    return std::int64_t{rate} * (warm_up_seconds + rate_seconds);
  }
  // Each receipt of a run is for a message of its own.
  [[nodiscard]] std::int64_t messages_needed() const {
    std::int64_t needed = drain > loop_drain ? drain : loop_drain;
    for (const int rate : rates) needed += receipts_at(rate);
    return needed;
  }
};

}  // namespace dlrgw::bench
