// SPDX-License-Identifier: Apache-2.0
#include "posix_zone.hpp"

#include <chrono>

namespace dlrgw::normalise {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr int kMaxOffsetHours = 24;
constexpr int kMaxChangeHours = 167;  // RFC 9636: a change may lie up to a week off its day
constexpr std::int64_t kDefaultChange = 2 * kHour;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::int64_t first_day(int year) {
  return std::chrono::sys_days(std::chrono::year{year} / 1 / 1).time_since_epoch().count();
}

int year_of(std::int64_t local_s) {
  const auto days = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(local_s)));
  return static_cast<int>(std::chrono::year_month_day(days).year());
}

}  // namespace

class PosixZone::Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool read(PosixZone& zone) {
    std::int64_t west_s = 0;
    if (!name() || !time(kMaxOffsetHours, west_s)) return false;
    zone.standard_s_ = -west_s;
    if (text_.empty()) return true;
    if (!name()) return false;
    west_s -= kHour;
    if (!text_.empty() && text_.front() != ',' && !time(kMaxOffsetHours, west_s)) return false;
    zone.daylight_s_ = -west_s;
    zone.has_daylight_ = true;
    return take(',') && change(zone.begins_) && take(',') && change(zone.ends_) && text_.empty();
  }

 private:
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  // At least three letters, or anything of letters, digits and signs in <>.
  bool name() {
    std::size_t length = 0;
    if (take('<')) {
      while (length < text_.size() &&
             (is_letter(text_[length]) || is_digit(text_[length]) || text_[length] == '+' || text_[length] == '-'))
        ++length;
      text_.remove_prefix(length);
      return length >= 3 && take('>');
    }
    while (length < text_.size() && is_letter(text_[length])) ++length;
    text_.remove_prefix(length);
    return length >= 3;
  }
  bool number(int max, int& out) {
    if (text_.empty() || !is_digit(text_.front())) return false;
    out = 0;
    while (!text_.empty() && is_digit(text_.front())) {
      out = out * 10 + (text_.front() - '0');
      if (out > max) return false;
      text_.remove_prefix(1);
    }
    return true;
  }
  bool time(int max_hours, std::int64_t& out) {
    const bool negative = take('-');
    if (!negative) take('+');
    int hours = 0, minutes = 0, seconds = 0;
    if (!number(max_hours, hours)) return false;
    if (take(':') && !number(59, minutes)) return false;
    if (take(':') && !number(59, seconds)) return false;
    out = hours * kHour + minutes * 60 + seconds;
    if (negative) out = -out;
    return true;
  }
  bool change(Change& out) {
    if (take('M')) {
      out.day = Change::Day::kWeekday;
      if (!number(12, out.month) || !take('.') || !number(5, out.week) || !take('.') || !number(6, out.number))
        return false;
      if (out.month == 0 || out.week == 0) return false;
    } else {
      out.day = take('J') ? Change::Day::kJulian : Change::Day::kOfYear;
      if (!number(365, out.number) || (out.day == Change::Day::kJulian && out.number == 0)) return false;
    }
    out.time_s = kDefaultChange;
    return !take('/') || time(kMaxChangeHours, out.time_s);
  }

  std::string_view text_;
};

std::optional<PosixZone> PosixZone::parse(std::string_view text) {
  PosixZone zone;
  if (!Reader(text).read(zone)) return std::nullopt;
  return zone;
}

std::int64_t PosixZone::local_s(const Change& change, int year) {
  using namespace std::chrono;
  std::int64_t day = 0;
  if (change.day == Change::Day::kWeekday) {
    const auto month = std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(change.month)};
    const auto name = weekday(static_cast<unsigned>(change.number));
    const sys_days date =
        change.week == 5 ? sys_days(month / name[last]) : sys_days(month / name[static_cast<unsigned>(change.week)]);
    day = date.time_since_epoch().count();
  } else {
    day = first_day(year) + change.number;
    if (change.day == Change::Day::kJulian) day += std::chrono::year{year}.is_leap() && change.number >= 60 ? 0 : -1;
  }
  return day * kDay + change.time_s;
}

std::int64_t PosixZone::offset_at(std::int64_t utc_s) const {
  if (!has_daylight_) return standard_s_;
  const int year = year_of(utc_s + standard_s_);
  const std::int64_t begins = local_s(begins_, year) - standard_s_;
  const std::int64_t ends = local_s(ends_, year) - daylight_s_;
  const bool daylight = begins < ends ? utc_s >= begins && utc_s < ends : utc_s >= begins || utc_s < ends;
  return daylight ? daylight_s_ : standard_s_;
}

}  // namespace dlrgw::normalise
