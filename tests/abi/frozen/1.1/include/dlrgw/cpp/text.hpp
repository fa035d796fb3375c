// Ids and times as they stand in requests, answers and events. Pure; any thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw {

// 8-4-4-4-12 hex digits in either case.
inline bool is_uuid(std::string_view text) {
  constexpr std::size_t kLength = 36;
  if (text.size() != kLength) return false;
  for (std::size_t i = 0; i < kLength; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

// "2026-11-23T05:45:40.123Z"; µs are cut to ms. For the years 0 to 9999.
inline std::string rfc3339_ms(std::int64_t us) {
  using namespace std::chrono;
  const sys_time<milliseconds> time(floor<milliseconds>(microseconds(us)));
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss<milliseconds> clock(time - day);
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&](std::size_t begin, std::size_t end, std::int64_t value) {
    for (; end > begin; value /= 10) text[--end] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, static_cast<int>(date.year()));
  put(5, 7, static_cast<unsigned>(date.month()));
  put(8, 10, static_cast<unsigned>(date.day()));
  put(11, 13, clock.hours().count());
  put(14, 16, clock.minutes().count());
  put(17, 19, clock.seconds().count());
  put(20, 23, clock.subseconds().count());
  return text;
}

}  // namespace dlrgw
