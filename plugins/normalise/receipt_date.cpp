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
constexpr std::size_t kAbsoluteDigits = 15;    // YYMMDDhhmmsstnn, behind which stands + or -
constexpr int kMaxQuarters = 56;               // 14 hours
constexpr std::size_t kUnixDigits = 10;        // from 2001 to 2286
constexpr std::size_t kDigitsWithMillis = 17;  // YYYYMMDDhhmmssmmm
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

// µs of the digits at the front, which stand behind the point of a second; moves the text behind them.
std::int64_t take_decimals(std::string_view& text) {
  std::int64_t us = 0;
  for (std::int64_t unit = kUsPerSecond / 10; !text.empty() && is_digit(text[0]); unit /= 10) {
    us += unit * (text[0] - '0');
    text.remove_prefix(1);
  }
  return us;
}

// ".123": µs; moves the text behind it.
std::int64_t take_fraction(std::string_view& text) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !is_digit(text[1])) return 0;
  text.remove_prefix(1);
  return take_decimals(text);
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

// Unix time: seconds, or the same with 3, 6 or 9 digits of a fraction behind them.
bool is_unix(std::size_t count) {
  return count >= kUnixDigits && count <= kUnixDigits + 9 && (count - kUnixDigits) % 3 == 0;
}

// The digits at the front of `text`, `count` of them, and what stands behind.
void read_digits(std::string_view text, std::size_t count, Readings& out) {
  const std::string_view digits = text.substr(0, count);
  std::string_view rest = text.substr(count);
  if (count == kAbsoluteDigits && rest.size() == 1) return read_absolute(digits, rest[0], out);
  std::int64_t fraction_us = take_fraction(rest);
  const bool whole = rest.size() + count == text.size();
  if (is_unix(count) && rest.empty() && (whole || count == kUnixDigits)) {
    std::string_view decimals = digits.substr(kUnixDigits);
    out.add(long_number(digits.substr(0, kUnixDigits)), 0, fraction_us + take_decimals(decimals));
  }
  const bool millis = count == kDigitsWithMillis && whole;
  if ((count != 10 || !whole) && count != 12 && count != 14 && !millis) return;
  rest = without_blanks_around(rest);
  const auto offset = read_offset(rest);
  if (!rest.empty() && !offset) return;
  if (millis) {
    std::string_view decimals = digits.substr(14);
    fraction_us = take_decimals(decimals);
  }
  if (count <= 12) out.add(local_seconds(2000 + number(digits.substr(0, 2)), digits.substr(2)), offset, fraction_us);
  if (count != 10) out.add(local_seconds(number(digits.substr(0, 4)), digits.substr(4, 10)), offset, fraction_us);
}

// The year first, whatever parts the fields: "2026-11-30T01:19:45.123+05:30", "2026/11/30 01:19", "20261130T011945Z",
// "2026-11-30-01.19.45.123000".
void read_iso(std::string_view text, Readings& out) {
  const auto take = [&](std::size_t count, int& into) {
    if (text.size() < count || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), is_digit))
      return false;
    into = number(text.substr(0, count));
    text.remove_prefix(count);
    return true;
  };
  // The one of these signs that is at the front, behind which it moves; 0: none is.
  const auto skip = [&](std::string_view signs) {
    if (text.empty() || signs.find(text[0]) == std::string_view::npos) return '\0';
    const char sign = text[0];
    text.remove_prefix(1);
    return sign;
  };
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!take(4, year)) return;
  const char of_day = skip("-/.");
  if (!take(2, month) || (of_day != 0 && skip({&of_day, 1}) == 0) || !take(2, day)) return;
  if (skip("Tt_-:/") == 0) {
    skip(",");
    const std::size_t blanks = skip_blanks(text, 0);
    if (blanks == 0) return;
    text.remove_prefix(blanks);
  }
  if (!take(2, hour)) return;
  const char of_time = skip(":.");
  if (!take(2, minute)) return;
  std::int64_t fraction_us = 0;
  if (of_time != 0 ? skip({&of_time, 1}) != 0 : !text.empty() && is_digit(text[0])) {
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

// Nothing, or a date of zeros: "0000000000", "0000-00-00 00:00:00".
bool says_none(std::string_view text) {
  return text.find_first_not_of("0-/.: T") == std::string_view::npos &&
         (text.empty() || text.find('0') != std::string_view::npos);
}

}  // namespace

bool plausible(std::int64_t us, std::int64_t received_at_us) {
  return us <= received_at_us + kMaxAheadUs && us >= received_at_us - kMaxBackUs;
}

ReceiptDate read_receipt_date(std::string_view text, const TimeZone& zone, std::int64_t received_at_us,
                              const DateFormat* format) {
  if (says_none(text)) return {};
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
    if (says_none(word)) return {};
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
