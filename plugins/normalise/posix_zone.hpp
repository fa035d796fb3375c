// SPDX-License-Identifier: Apache-2.0
// The rule behind the last entry of a zone file, POSIX.1 TZ as RFC 9636 §3.3.1 extends it:
// "CET-1CEST,M3.5.0,M10.5.0/3",
// "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "IST-5:30". A value; pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace dlrgw::normalise {

class PosixZone {
 public:
  // nullopt = not such a rule; a daylight saving time without its dates is none either.
  static std::optional<PosixZone> parse(std::string_view text);
  // Seconds east of UTC at that moment, seconds since the Unix epoch.
  [[nodiscard]] std::int64_t offset_at(std::int64_t utc_s) const;

 private:
  struct Change {
    enum class Day { kJulian, kOfYear, kWeekday };  // Jn (29 February never counts), n from 0, Mm.w.d
    Day day = Day::kOfYear;
    int month = 0, week = 0, number = 0;
    std::int64_t time_s = 0;  // after midnight of that day, −167 h … 167 h
  };
  class Reader;
  // When the clocks change in that year, in seconds since the epoch of the clock's own time.
  static std::int64_t local_s(const Change& change, int year);

  std::int64_t standard_s_ = 0;
  std::int64_t daylight_s_ = 0;
  bool has_daylight_ = false;
  Change begins_, ends_;
};

}  // namespace dlrgw::normalise
