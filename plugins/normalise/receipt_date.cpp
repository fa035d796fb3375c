// SPDX-License-Identifier: Apache-2.0
#include "receipt_date.hpp"

#include <algorithm>
#include <array>

#include "characters.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kDayUs = kUsPerSecond * 24 * 60 * 60;
constexpr std::int64_t kMaxAheadUs = kDayUs;
constexpr std::int64_t kMaxBackUs = 366 * kDayUs;
constexpr std::int64_t kQuarterS = std::int64_t{15} * 60;
constexpr std::size_t kAbsoluteDigits = 15;  // YYMMDDhhmmsstnn, behind which stands + or -
constexpr int kMaxQuarters = 56;             // 14 hours
constexpr std::size_t kMaxShape = 32;

std::int64_t long_number(std::string_view digits) {
  std::int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}
int number(std::string_view digits) { return static_cast<int>(long_number(digits)); }

std::int64_t distance(std::int64_t a, std::int64_t b) { return a > b ? a - b : b - a; }

// Seconds of MMDDhhmm or MMDDhhmmss in that year.
std::optional<std::int64_t> local_seconds(int year, std::string_view rest) {
  return utc_seconds(year, static_cast<unsigned>(number(rest.substr(0, 2))),
                     static_cast<unsigned>(number(rest.substr(2, 2))), number(rest.substr(4, 2)),
                     number(rest.substr(6, 2)), rest.size() > 8 ? number(rest.substr(8, 2)) : 0);
}

// ".123": µs; moves the text behind it.
std::int64_t take_fraction(std::string_view& text) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !is_digit(text[1])) return 0;
  text.remove_prefix(1);
  std::int64_t us = 0;
  for (std::int64_t unit = kUsPerSecond / 10; !text.empty() && is_digit(text[0]); unit /= 10) {
    us += unit * (text[0] - '0');
    text.remove_prefix(1);
  }
  return us;
}

// At most as many readings as one text can have.
class Readings {
 public:
  void add(std::optional<std::int64_t> local_s, std::optional<std::int64_t> offset_s, std::int64_t more_us = 0) {
    if (local_s) all_[count_++] = {*local_s * kUsPerSecond + more_us, offset_s};
  }
  [[nodiscard]] const DateReading* begin() const { return all_.data(); }
  [[nodiscard]] const DateReading* end() const { return all_.data() + count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }

 private:
  std::array<DateReading, 4> all_{};
  std::size_t count_ = 0;
};

// "YYMMDDhhmmsstnnp": tenths, and quarters of an hour that local time is ahead of UTC or behind it.
void read_absolute(std::string_view digits, char sign, Readings& out) {
  const int quarters = number(digits.substr(13, 2));
  if (quarters > kMaxQuarters || (sign != '+' && sign != '-')) return;  // R: relative to nothing that is known
  const std::int64_t offset_s = quarters * kQuarterS * (sign == '+' ? 1 : -1);
  out.add(local_seconds(2000 + number(digits.substr(0, 2)), digits.substr(2, 10)), offset_s,
          number(digits.substr(12, 1)) * kUsPerSecond / 10);
}

// The digits at the front of `text`, `count` of them, and what stands behind.
void read_digits(std::string_view text, std::size_t count, Readings& out) {
  const std::string_view digits = text.substr(0, count);
  std::string_view rest = text.substr(count);
  if (count == kAbsoluteDigits && rest.size() == 1) return read_absolute(digits, rest[0], out);
  if (rest.empty() && count == 10) out.add(long_number(digits), 0);
  if (rest.empty() && count == 13) {
    const std::int64_t ms = long_number(digits);
    out.add(ms / 1000, 0, ms % 1000 * 1000);
  }
  if (count != 10 && count != 12 && count != 14) return;
  const std::int64_t fraction_us = count == 10 ? 0 : take_fraction(rest);
  rest = without_blanks_around(rest);
  const auto offset = read_offset(rest);
  if (!rest.empty() && !offset) return;
  if (count != 14) out.add(local_seconds(2000 + number(digits.substr(0, 2)), digits.substr(2)), offset, fraction_us);
  if (count != 10) out.add(local_seconds(number(digits.substr(0, 4)), digits.substr(4)), offset, fraction_us);
}

// "2026-11-30T01:19:45.123+05:30", "2026-11-30 01:19", "20261130T011945Z", "20261130 011945".
void read_iso(std::string_view text, Readings& out) {
  const auto take = [&](std::size_t count, int& into) {
    if (text.size() < count || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), is_digit))
      return false;
    into = number(text.substr(0, count));
    text.remove_prefix(count);
    return true;
  };
  const auto skip = [&](char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
  };
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!take(4, year)) return;
  const bool extended = skip('-');
  if (!take(2, month) || (extended && !skip('-')) || !take(2, day)) return;
  if (!skip('T') && !skip('t')) {
    const std::size_t blanks = skip_blanks(text, 0);
    if (blanks == 0) return;
    text.remove_prefix(blanks);
  }
  if (!take(2, hour)) return;
  const bool colons = skip(':');
  if (!take(2, minute)) return;
  std::int64_t fraction_us = 0;
  if (colons ? skip(':') : !text.empty() && is_digit(text[0])) {
    if (!take(2, second)) return;
    fraction_us = take_fraction(text);
  }
  text = without_blanks_around(text);
  const auto offset = read_offset(text);
  if (!text.empty() && !offset) return;
  out.add(utc_seconds(year, static_cast<unsigned>(month), static_cast<unsigned>(day), hour, minute, second), offset,
          fraction_us);
}

Readings readings_of(std::string_view text, const DateFormat* format) {
  Readings out;
  if (format != nullptr) {
    if (const auto read = format->read(text))
      out.add(read->local_us / kUsPerSecond, read->offset_s, read->local_us % kUsPerSecond);
    return out;
  }
  const auto digits = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
  read_digits(text, digits, out);
  if (out.empty()) read_iso(text, out);
  return out;
}

}  // namespace

bool plausible(std::int64_t us, std::int64_t received_at_us) {
  return us <= received_at_us + kMaxAheadUs && us >= received_at_us - kMaxBackUs;
}

ReceiptDate read_receipt_date(std::string_view text, const TimeZone& zone, std::int64_t received_at_us,
                              const DateFormat* format) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; })) return {};
  std::optional<std::int64_t> best;
  bool own_zone = false;
  const auto consider = [&](std::int64_t us, bool zone_given) {
    if (!plausible(us, received_at_us)) return;
    if (best && distance(us, received_at_us) >= distance(*best, received_at_us)) return;
    best = us;
    own_zone = zone_given;
  };
  const auto try_text = [&](std::string_view part) {
    for (const DateReading& reading : readings_of(part, format)) {
      if (reading.offset_s) {
        consider(reading.local_us - *reading.offset_s * kUsPerSecond, true);
        continue;
      }
      const std::int64_t second = reading.local_us / kUsPerSecond;
      const std::int64_t fraction = reading.local_us % kUsPerSecond;
      const TimeZone::Moments moments = zone.to_utc(second);
      consider(moments.first_s * kUsPerSecond + fraction, false);
      if (moments.other_s) consider(*moments.other_s * kUsPerSecond + fraction, false);
    }
  };
  try_text(text);
  if (const std::size_t blank = find_blank(text, 0); !best && blank != text.size()) {
    const std::string_view word = text.substr(0, blank);
    if (std::all_of(word.begin(), word.end(), [](char c) { return c == '0'; })) return {};
    try_text(word);
  }
  return {best, !best, own_zone};
}

std::string shape_of_date(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMaxShape)) {
    if (static_cast<unsigned char>(c) >= 0x80) break;
    out += is_digit(c) ? 'n' : is_ascii_blank(c) ? ' ' : c;
  }
  return out;
}

}  // namespace dlrgw::normalise
