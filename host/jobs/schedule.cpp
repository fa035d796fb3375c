// SPDX-License-Identifier: Apache-2.0
#include "jobs/schedule.hpp"

#include <string>

#include "config/duration.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 86'400 * kSecondUs;
constexpr std::int64_t kTakeoverGraceUs = 3600 * kSecondUs;
constexpr std::string_view kEvery = "every ";
constexpr std::string_view kDaily = "daily ";

bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<Schedule> Schedule::parse(std::string_view text) {
  Error wrong{ErrorCode::kInvalid, "schedule \"" + std::string(text) +
                                       "\" is not understood; write \"continuous\", \"every 5m\" or \"daily 02:00\""};
  if (text == "continuous") return Schedule{};
  if (text.starts_with(kEvery)) {
    const auto period = parse_duration_us(text.substr(kEvery.size()));
    if (!period || *period < kSecondUs) return wrong;
    return Schedule{Kind::kEvery, *period, 0};
  }
  if (text.starts_with(kDaily)) {
    const std::string_view at = text.substr(kDaily.size());
    if (at.size() != 5 || at[2] != ':' || !digit(at[0]) || !digit(at[1]) || !digit(at[3]) || !digit(at[4]))
      return wrong;
    const int hour = (at[0] - '0') * 10 + (at[1] - '0');
    const int minute = (at[3] - '0') * 10 + (at[4] - '0');
    if (hour > 23 || minute > 59) return wrong;
    return Schedule{Kind::kDaily, 0, (hour * 3600 + minute * 60) * kSecondUs};
  }
  return wrong;
}

std::int64_t Schedule::first_wait_us(std::int64_t now_us) const {
  switch (kind) {
    case Kind::kContinuous:
      return 0;
    case Kind::kEvery:
      return period_us;
    case Kind::kDaily: {
      const std::int64_t next = now_us - now_us % kDayUs + time_of_day_us;
      return next > now_us ? next - now_us : next + kDayUs - now_us;
    }
  }
  return 0;
}

std::int64_t Schedule::next_wait_us(std::int64_t since_due_us, std::int64_t now_us) const {
  switch (kind) {
    case Kind::kContinuous:
      return kSecondUs;
    case Kind::kEvery:
      return period_us - since_due_us % period_us;
    case Kind::kDaily:
      return first_wait_us(now_us);
  }
  return kSecondUs;
}

bool Schedule::overruns(std::int64_t run_us) const {
  return (kind == Kind::kEvery && run_us > period_us) || (kind == Kind::kDaily && run_us > kDayUs);
}

bool Schedule::again_after_takeover(std::int64_t now_us) const {
  return kind != Kind::kDaily || kDayUs - first_wait_us(now_us) < kTakeoverGraceUs;
}

}  // namespace dlrgw::host
