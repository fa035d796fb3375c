// SPDX-License-Identifier: Apache-2.0
#include "date_format.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "characters.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kMaxOffsetHours = 14;  // Line Islands
constexpr std::string_view kLetters = "YymdejbBhaAHkIlMSpzs";
constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::size_t kShortName = 3;

// Up to `width` digits at the front, at least one.
std::optional<std::int64_t> digits(std::string_view& text, std::size_t width) {
  std::int64_t value = 0;
  std::size_t count = 0;
  while (count < width && count < text.size() && is_digit(text[count])) value = value * 10 + (text[count++] - '0');
  if (count == 0) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool starts_with_name(std::string_view text, std::string_view name) {
  return text.size() >= name.size() && std::equal(name.begin(), name.end(), text.begin(),
                                                  [](char a, char b) { return ascii_lower(a) == ascii_lower(b); });
}

// The number of the name at the front, whole or its first three letters.
template <std::size_t N>
std::optional<unsigned> name_at(std::string_view& text, const std::array<std::string_view, N>& names) {
  for (unsigned i = 0; i < N; ++i) {
    for (const std::string_view name : {names[i], names[i].substr(0, kShortName)}) {
      if (!starts_with_name(text, name)) continue;
      text.remove_prefix(name.size());
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> utc_seconds(int year, unsigned month, unsigned day, int hour, int minute, int second) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

std::optional<std::int64_t> read_offset(std::string_view text) {
  if (text == "Z" || text == "z" || text == "UTC" || text == "GMT") return 0;
  if (text.starts_with("UTC") || text.starts_with("GMT")) text.remove_prefix(3);  // "GMT+05:30"
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const bool west = text.front() == '-';
  text.remove_prefix(1);
  const auto hours = digits(text, 2);
  if (!hours) return std::nullopt;
  if (text.starts_with(':')) text.remove_prefix(1);
  std::int64_t minutes = 0;
  if (!text.empty()) {
    if (text.size() != 2) return std::nullopt;
    const auto given = digits(text, 2);
    if (!given || !text.empty()) return std::nullopt;
    minutes = *given;
  }
  if (minutes > 59 || *hours > kMaxOffsetHours || (*hours == kMaxOffsetHours && minutes != 0)) return std::nullopt;
  return (*hours * 60 + minutes) * (west ? -60 : 60);
}

struct DateFormat::Fields {
  std::optional<std::int64_t> year, month, day, day_of_year, hour, minute, second, unix_s;
  std::optional<bool> afternoon;
  bool twelve_hours = false;
  std::int64_t fraction_us = 0;
  std::optional<std::int64_t> offset_s;

  [[nodiscard]] std::optional<DateReading> reading() const {
    if (unix_s) return DateReading{*unix_s * kUsPerSecond, 0};
    if (!year || (!day_of_year && (!month || !day)) || !hour || !minute) return std::nullopt;
    std::int64_t h = *hour;
    if (twelve_hours) {
      if (!afternoon || h < 1 || h > 12) return std::nullopt;
      h = h % 12 + (*afternoon ? 12 : 0);
    }
    std::optional<std::int64_t> s;
    if (day_of_year) {
      s = utc_seconds(static_cast<int>(*year), 1, 1, static_cast<int>(h), static_cast<int>(*minute),
                      static_cast<int>(second.value_or(0)));
      if (*day_of_year < 1 || *day_of_year > 366 || !s) return std::nullopt;
      *s += (*day_of_year - 1) * 24 * 60 * 60;
    } else {
      s = utc_seconds(static_cast<int>(*year), static_cast<unsigned>(*month), static_cast<unsigned>(*day),
                      static_cast<int>(h), static_cast<int>(*minute), static_cast<int>(second.value_or(0)));
    }
    if (!s) return std::nullopt;
    return DateReading{*s * kUsPerSecond + fraction_us, offset_s};
  }
};

bool DateFormat::read_item(const Item& item, std::string_view& text, Fields& f) const {
  const auto number = [&](std::optional<std::int64_t>& into, std::size_t width) {
    into = digits(text, width);
    return into.has_value();
  };
  switch (item.letter) {
    case 0:
      if (item.literal == ' ') {
        text.remove_prefix(skip_blanks(text, 0));
        return true;
      }
      if (!text.starts_with(item.literal)) return false;
      text.remove_prefix(1);
      return true;
    case 'Y':
      return number(f.year, 4);
    case 'y':
      if (!number(f.year, 2)) return false;
      *f.year += 2000;
      return true;
    case 'm':
      return number(f.month, 2);
    case 'b':
    case 'B':
    case 'h': {
      const auto month = name_at(text, kMonths);
      if (month) f.month = *month + 1;
      return month.has_value();
    }
    case 'a':
    case 'A':
      return name_at(text, kDays).has_value();
    case 'e':
      text.remove_prefix(skip_blanks(text, 0));
      return number(f.day, 2);
    case 'd':
      return number(f.day, 2);
    case 'j':
      return number(f.day_of_year, 3);
    case 'I':
    case 'l':
      f.twelve_hours = true;
      [[fallthrough]];
    case 'H':
    case 'k':
      text.remove_prefix(skip_blanks(text, 0));
      return number(f.hour, 2);
    case 'M':
      return number(f.minute, 2);
    case 'S':
      if (!number(f.second, 2)) return false;
      if (text.size() > 1 && (text[0] == '.' || text[0] == ',') && is_digit(text[1])) {
        text.remove_prefix(1);
        for (std::int64_t unit = kUsPerSecond / 10; !text.empty() && is_digit(text[0]); unit /= 10) {
          f.fraction_us += unit * (text[0] - '0');
          text.remove_prefix(1);
        }
      }
      return true;
    case 'p':
      if (!starts_with_name(text, "AM") && !starts_with_name(text, "PM")) return false;
      f.afternoon = ascii_lower(text[0]) == 'p';
      text.remove_prefix(2);
      return true;
    case 'z': {
      std::size_t length = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
      while (length != 0 && length < text.size() && length < 6 && (is_digit(text[length]) || text[length] == ':'))
        ++length;
      if (text.starts_with('Z') || text.starts_with('z')) length = 1;
      f.offset_s = read_offset(text.substr(0, length));
      text.remove_prefix(length);
      return f.offset_s.has_value();
    }
    default:  // 's'
      return number(f.unix_s, 11);
  }
}

std::optional<DateReading> DateFormat::read(std::string_view text) const {
  Fields fields;
  for (const Item& item : items_)
    if (!read_item(item, text, fields)) return std::nullopt;
  if (!text.empty()) return std::nullopt;
  return fields.reading();
}

struct DateFormat::Sample {
  int year;
  unsigned month, day;
  int hour, minute, second;
};

std::string DateFormat::write(const Sample& s) const {
  const auto seconds = *utc_seconds(s.year, s.month, s.day, s.hour, s.minute, s.second);
  const std::chrono::sys_days date{std::chrono::days{seconds / 86400}};
  std::string out;
  const auto number = [&](std::int64_t value, int width) {
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "%0*lld", width, static_cast<long long>(value));
    out += text.data();
  };
  for (const Item& item : items_) {
    switch (item.letter) {
      case 0:
        out += item.literal;
        break;
      case 'Y':
        number(s.year, 4);
        break;
      case 'y':
        number(s.year % 100, 2);
        break;
      case 'm':
        number(s.month, 2);
        break;
      case 'b':
      case 'h':
        out += kMonths[s.month - 1].substr(0, kShortName);
        break;
      case 'B':
        out += kMonths[s.month - 1];
        break;
      case 'a':
        out += kDays[std::chrono::weekday(date).c_encoding()].substr(0, kShortName);
        break;
      case 'A':
        out += kDays[std::chrono::weekday(date).c_encoding()];
        break;
      case 'd':
      case 'e':
        number(s.day, 2);
        break;
      case 'j':
        number((date - std::chrono::sys_days(std::chrono::year{s.year} / 1 / 1)).count() + 1, 3);
        break;
      case 'H':
      case 'k':
        number(s.hour, 2);
        break;
      case 'I':
      case 'l':
        number(s.hour % 12 == 0 ? 12 : s.hour % 12, 2);
        break;
      case 'M':
        number(s.minute, 2);
        break;
      case 'S':
        number(s.second, 2);
        break;
      case 'p':
        out += s.hour < 12 ? "AM" : "PM";
        break;
      case 'z':
        out += "+0000";
        break;
      default:
        number(seconds, 1);
        break;
    }
  }
  return out;
}

std::variant<DateFormat, std::string> DateFormat::compile(std::string_view format) {
  DateFormat out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out.items_.push_back({0, format[i]});
      continue;
    }
    const char letter = ++i < format.size() ? format[i] : '\0';
    const std::string_view stands_for = letter == 'F'   ? "%Y-%m-%d"
                                        : letter == 'T' ? "%H:%M:%S"
                                        : letter == 'R' ? "%H:%M"
                                        : letter == 'D' ? "%m/%d/%y"
                                                        : "";
    if (letter == '%') {
      out.items_.push_back({0, '%'});
    } else if (letter == 'n' || letter == 't') {
      out.items_.push_back({0, ' '});
    } else if (!stands_for.empty()) {
      for (std::size_t j = 0; j < stands_for.size(); ++j)
        out.items_.push_back(stands_for[j] == '%' ? Item{stands_for[++j], 0} : Item{0, stands_for[j]});
    } else if (letter != '\0' && kLetters.find(letter) != std::string_view::npos) {
      out.items_.push_back({letter, 0});
    } else if (letter == 'Z') {
      return "holds %Z: a zone's letters do not tell its offset; use %z, or leave it out and set time_zone";
    } else {
      return "holds \"" + std::string(format.substr(i - 1, 2)) +
             "\", which is no letter of a date; use those of strptime: " +
             "%Y %y %m %d %b %j %H %I %p %M %S %z %s %F %T %R %D";
    }
  }
  const auto has = [&](std::string_view letters) {
    return std::ranges::any_of(
        out.items_, [&](const Item& i) { return i.letter != 0 && letters.find(i.letter) != std::string_view::npos; });
  };
  if (!has("s")) {
    if (!has("Yy")) return "does not say the year; add %Y or %y";
    if (!has("j") && !has("mbBh")) return "does not say the month; add %m or %b";
    if (!has("j") && !has("de")) return "does not say the day; add %d";
    if (!has("HkIl")) return "does not say the hour; add %H, or %I and %p";
    if (has("Il") && !has("p")) return "gives 12 hours without saying which half of the day; add %p, or use %H";
    if (!has("M")) return "does not say the minute; add %M";
  }
  constexpr Sample kSamples[] = {{2026, 11, 23, 17, 45, 30},
                                 {2027, 1, 2, 3, 4, 5},
                                 {2028, 2, 29, 0, 0, 0},
                                 {2026, 12, 31, 12, 0, 59},
                                 {2031, 10, 10, 11, 1, 9}};
  for (const Sample& sample : kSamples) {
    const std::string text = out.write(sample);
    const auto read = out.read(text);
    const std::int64_t minute = *utc_seconds(sample.year, sample.month, sample.day, sample.hour, sample.minute, 0);
    const std::int64_t second = has("S") || has("s") ? sample.second : 0;
    if (!read || read->local_us != (minute + second) * kUsPerSecond)
      return "writes dates that it reads as others or not at all, such as \"" + text +
             "\"; part its fields by a sign, or give each field once";
  }
  return out;
}

}  // namespace dlrgw::normalise
