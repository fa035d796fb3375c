// SPDX-License-Identifier: Apache-2.0
// Which subjects the relay leaves alone for a while, because publishing on them failed. Each subject backs off by
// itself: 0.1 s, doubling up to 5 s. Owned by the relay; one thread. Time comes in as a parameter.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::outbox {

class SubjectBackoff {
 public:
  static constexpr std::int64_t kFirstUs = 100'000;
  static constexpr std::int64_t kLongestUs = 5'000'000;

  struct Failure {
    std::int64_t wait_us = 0;
    bool is_new_step = false;  // log it: each step is logged once, the longest one too
  };
  Failure failed(std::string_view subject, std::int64_t now_us);
  // True when the subject had been failing.
  bool succeeded(std::string_view subject);
  // All that fail, and those of them whose wait is over.
  [[nodiscard]] std::vector<std::string> failing() const;
  [[nodiscard]] std::vector<std::string> due(std::int64_t now_us) const;

 private:
  struct Entry {
    std::int64_t wait_us = 0;
    std::int64_t until_us = 0;
  };
  std::map<std::string, Entry, std::less<>> failing_;
};

}  // namespace dlrgw::outbox
