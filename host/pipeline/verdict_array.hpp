// SPDX-License-Identifier: Apache-2.0
// The verdicts that a stage fills in, between two stretches that it must not touch. Used by one lane for one call.
#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <dlrgw/abi/stage.h>

namespace dlrgw::host {

class VerdictArray {
 public:
  explicit VerdictArray(std::size_t count) : all_(count + 2 * kGuard) {
    std::fill_n(all_.begin(), kGuard, kMark);
    std::fill_n(all_.end() - static_cast<std::ptrdiff_t>(kGuard), kGuard, kMark);
  }
  [[nodiscard]] dlrgw_verdict* data() { return all_.data() + kGuard; }
  [[nodiscard]] std::span<const dlrgw_verdict> verdicts() const {
    return std::span(all_).subspan(kGuard, all_.size() - 2 * kGuard);
  }
  // Asked after the call.
  [[nodiscard]] bool intact() const {
    const auto marked = [](const dlrgw_verdict& v) {
      return v.action == kMark.action && v.retry_after_ms == kMark.retry_after_ms && v.reason == kMark.reason &&
             v.reserved == kMark.reserved;
    };
    return std::all_of(all_.begin(), all_.begin() + kGuard, marked) &&
           std::all_of(all_.end() - kGuard, all_.end(), marked);
  }

 private:
  static constexpr std::size_t kGuard = 8;
  static constexpr dlrgw_verdict kMark{0x51D15EA5U, 0x0BADF00DU, 0xD15EA5EDU, 0xCAFEF00DU};
  std::vector<dlrgw_verdict> all_;
};

}  // namespace dlrgw::host
