// SPDX-License-Identifier: Apache-2.0
#include "config/duration.hpp"

#include <charconv>

namespace dlrgw::host {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t us;
};

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = kSecondUs * 24 * 3600;
constexpr std::int64_t kLongestUs = 36'500 * kDayUs;
constexpr Unit kUnits[] = {
    {"ms", 1'000}, {"s", kSecondUs}, {"m", 60 * kSecondUs}, {"h", 3600 * kSecondUs}, {"d", kDayUs}};

}  // namespace

std::optional<std::int64_t> parse_duration_us(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, count);
  if (failed != std::errc{} || count < 0 || text.front() == '-') return std::nullopt;
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  for (const Unit& known : kUnits) {
    if (known.name != unit) continue;
    if (count > kLongestUs / known.us) return std::nullopt;
    return count * known.us;
  }
  return std::nullopt;
}

}  // namespace dlrgw::host
