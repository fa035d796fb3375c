#include "receipt_date.hpp"

#include <algorithm>
#include <chrono>

namespace dlrgw::normalise {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kDayUs = 24 * 60 * 60 * kUsPerSecond;
constexpr std::int64_t kMaxAheadUs = kDayUs;
constexpr std::int64_t kMaxBackUs = 366 * kDayUs;

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// rest: MMDDhhmm or MMDDhhmmss. Seconds since the epoch of the wall-clock time, taken as UTC.
std::optional<std::int64_t> local_seconds(int year, std::string_view rest) {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(number(rest.substr(0, 2)))},
                                         std::chrono::day{static_cast<unsigned>(number(rest.substr(2, 2)))}};
  const int hour = number(rest.substr(4, 2));
  const int minute = number(rest.substr(6, 2));
  const int second = rest.size() > 8 ? number(rest.substr(8, 2)) : 0;
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

std::int64_t distance(std::int64_t a, std::int64_t b) { return a > b ? a - b : b - a; }

}  // namespace

bool plausible(std::int64_t us, std::int64_t received_at_us) {
  return us <= received_at_us + kMaxAheadUs && us >= received_at_us - kMaxBackUs;
}

ReceiptDate read_receipt_date(std::string_view text, const TimeZone& zone, std::int64_t received_at_us) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; })) return {};
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return {std::nullopt, true};
  std::optional<std::int64_t> best;
  const auto offer = [&](int year, std::string_view rest) {
    const auto local_s = local_seconds(year, rest);
    if (!local_s) return;
    const auto consider = [&](std::int64_t utc_s) {
      const std::int64_t us = utc_s * kUsPerSecond;
      if (!plausible(us, received_at_us)) return;
      if (!best || distance(us, received_at_us) < distance(*best, received_at_us)) best = us;
    };
    const TimeZone::Moments moments = zone.to_utc(*local_s);
    consider(moments.first_s);
    if (moments.other_s) consider(*moments.other_s);
  };
  if (text.size() == 10 || text.size() == 12) offer(2000 + number(text.substr(0, 2)), text.substr(2));
  if (text.size() == 12 || text.size() == 14) offer(number(text.substr(0, 4)), text.substr(4));
  return {best, !best};
}

}  // namespace dlrgw::normalise
