// SPDX-License-Identifier: Apache-2.0
// An operator's own spelling of dates, in the letters of strptime(3). Built once from the profile, then constant; pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dlrgw::normalise {

// One reading of a date: the wall-clock time as if it were UTC, and the zone when the text gives one.
struct DateReading {
  std::int64_t local_us = 0;
  std::optional<std::int64_t> offset_s;  // east of UTC is positive
};

// Seconds since the epoch of a day and time, taken as UTC; nullopt = no such day or time.
std::optional<std::int64_t> utc_seconds(int year, unsigned month, unsigned day, int hour, int minute, int second);

// The whole text as "Z", "UTC", "GMT", "+05:30", "-0330" or "+5"; nullopt = no offset.
std::optional<std::int64_t> read_offset(std::string_view text);

class DateFormat {
 public:
  // %Y %y %m %d %e %j %b %B %h %a %A %H %k %I %l %M %S %p %z %s %F %T %R %D %n %t %%; a blank stands for any run of
  // blanks, every other character for itself. Fractions behind the seconds are read too. Returns a sentence when the
  // format is refused: for unknown letters, and for a format that does not determine a time (what it writes, it must
  // read as the same time).
  static std::variant<DateFormat, std::string> compile(std::string_view format);

  // nullopt = the text is no such date.
  [[nodiscard]] std::optional<DateReading> read(std::string_view text) const;

 private:
  struct Item {
    char letter = 0;   // 0: a literal
    char literal = 0;  // ' ' = a run of blanks
  };
  struct Fields;
  struct Sample;
  bool read_item(const Item& item, std::string_view& text, Fields& fields) const;
  [[nodiscard]] std::string write(const Sample& sample) const;

  std::vector<Item> items_;
};

}  // namespace dlrgw::normalise
