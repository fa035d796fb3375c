// SPDX-License-Identifier: Apache-2.0
#include "message/month.hpp"

#include <charconv>
#include <cstdio>

namespace dlrgw::message {
namespace {

using std::chrono::days;
using std::chrono::months;

constexpr months kAhead{3};
// A receipt waits in the stream for 7 days at most and was received up to 72 h before it got there.
constexpr days kOldestReceipt{10};

std::chrono::sys_time<std::chrono::microseconds> time_of(std::int64_t us) {
  return std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(us));
}

template <class Number>
bool number(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Month month_of(std::int64_t us) {
  const std::chrono::year_month_day date(std::chrono::floor<days>(time_of(us)));
  return date.year() / date.month();
}

std::int64_t first_us(Month month) {
  const std::chrono::sys_days day(month / std::chrono::day(1));
  return std::chrono::microseconds(day.time_since_epoch()).count();
}

std::string month_text(Month month) {
  char text[16];
  const int length = std::snprintf(text, sizeof text, "%04d-%02u", static_cast<int>(month.year()),
                                   static_cast<unsigned>(month.month()));
  return {text, static_cast<std::size_t>(length)};
}

std::string month_date(Month month) { return month_text(month) + "-01"; }

std::optional<Month> month_of_partition(std::string_view table, std::string_view partition) {
  constexpr std::size_t kYear = 4;
  constexpr std::size_t kMonth = 2;
  if (!partition.starts_with(table)) return std::nullopt;
  partition.remove_prefix(table.size());
  int year = 0;
  unsigned month = 0;
  if (partition.size() != 1 + kYear + 1 + kMonth || partition[0] != '_' || partition[1 + kYear] != '_')
    return std::nullopt;
  if (!number(partition.substr(1, kYear), year) || !number(partition.substr(1 + kYear + 1), month)) return std::nullopt;
  const Month out{std::chrono::year(year), std::chrono::month(month)};
  return out.ok() ? std::optional(out) : std::nullopt;
}

PartitionPlan partitions_needed(std::int64_t now_us) {
  const Month first = month_of(now_us - std::chrono::microseconds(kOldestReceipt).count());
  const Month last = month_of(now_us) + kAhead;
  return {first, static_cast<unsigned>((last - first).count()) + 1};
}

bool older_than(Month month, days age, std::int64_t now_us) {
  return first_us(month + months(1)) <= now_us - std::chrono::microseconds(age).count();
}

}  // namespace dlrgw::message
