// SPDX-License-Identifier: Apache-2.0
// The last hour of this gateway, as charts of the console: receipts per second and the time a receipt took, minute by
// minute. Lost with the process; Prometheus keeps more. Used by one thread at a time.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::admin_http {

class ConsoleHistory {
 public:
  // pipeline: the document of GET /v1/admin/pipeline. Looks of more than an hour before are forgotten.
  void look(std::string_view pipeline, std::int64_t monotonic_us);
  // Two figures with SVG, or a sentence while there are less than two looks.
  [[nodiscard]] std::string charts(std::int64_t monotonic_us) const;

 private:
  struct Bucket {
    std::int64_t up_to_ms;  // -1: no bound
    std::int64_t receipts;  // of this bucket and all below
  };
  struct Look {
    std::int64_t at_us = 0;
    std::int64_t receipts = 0;
    std::vector<Bucket> buckets;
  };
  static Look read(std::string_view pipeline, std::int64_t monotonic_us);
  // Within which time 99 of 100 receipts between two looks were done; nothing where there were none.
  static std::optional<double> p99_ms(const Look& before, const Look& after);

  std::deque<Look> looks_;  // the oldest first
};

}  // namespace dlrgw::admin_http
