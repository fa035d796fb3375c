// SPDX-License-Identifier: Apache-2.0
// "continuous", "every 5m", "daily 02:00" (UTC): when a job runs next. Pure.
#pragma once
#include <cstdint>
#include <string_view>

#include "support/result.hpp"

namespace dlrgw::host {

struct Schedule {
  enum class Kind { kContinuous, kEvery, kDaily };
  Kind kind = Kind::kContinuous;
  std::int64_t period_us = 0;       // kEvery
  std::int64_t time_of_day_us = 0;  // kDaily, UTC

  // kInvalid says what was expected.
  static Result<Schedule> parse(std::string_view text);
  // How long to wait before the first start. A continuous job starts at once.
  [[nodiscard]] std::int64_t first_wait_us(std::int64_t now_us) const;
  // How long to wait after a run that was due `since_due_us` ago: turns that passed meanwhile are left out, the rhythm
  // stays. A continuous job that returned starts again after a second.
  [[nodiscard]] std::int64_t next_wait_us(std::int64_t since_due_us, std::int64_t now_us) const;
  // Whether a run of this length has missed its next turn.
  [[nodiscard]] bool overruns(std::int64_t run_us) const;
  // After another host's lead has ended: whether the last turn is run again, because that host may have begun it and
  // not finished it.
  [[nodiscard]] bool again_after_takeover(std::int64_t now_us) const;
};

}  // namespace dlrgw::host
