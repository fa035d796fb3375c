// "continuous", "every 5m", "daily 02:00" (UTC): when a job runs next. Pure.
#pragma once
#include <cstdint>
#include <string_view>

#include "support/result.hpp"

namespace dlrgw::host {

struct Schedule {
  enum class Kind { kContinuous, kEvery, kDaily };
  Kind kind = Kind::kContinuous;
  std::int64_t period_us = 0;      // kEvery
  std::int64_t time_of_day_us = 0;  // kDaily, UTC

  // kInvalid says what was expected.
  static Result<Schedule> parse(std::string_view text);
  // How long to wait before the next start. A continuous job that returned starts again after a second.
  [[nodiscard]] std::int64_t wait_us(std::int64_t now_us) const;
};

}  // namespace dlrgw::host
