// SPDX-License-Identifier: Apache-2.0
// The zone in which an operator writes its zone-less dates: UTC, a fixed offset, or a zone of the system's database
// with all its changes of the clocks. A value, cheap to copy; any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "zone_file.hpp"

namespace dlrgw::normalise {

inline constexpr std::string_view kZoneInfoDir = "/usr/share/zoneinfo";  // Debian package tzdata

class TimeZone {
 public:
  // Moments at which the clocks there showed a given time, seconds since the Unix epoch. One, but around a change of
  // the clocks two: when they go back, both are right; when they go forward, the clocks never showed it, and the two
  // are what it means to somebody who missed the change and to somebody who made it early. Whoever knows more chooses.
  struct Moments {
    std::int64_t first_s = 0;
    std::optional<std::int64_t> other_s;
  };

  TimeZone() = default;  // UTC
  // Either of the two below: what the profile key time_zone takes.
  static std::optional<TimeZone> of(std::string_view name);
  // "UTC", "GMT", "Z", or an offset "+05:30", "-0330", "+5", also behind UTC or GMT. nullopt = not such a name.
  static std::optional<TimeZone> fixed(std::string_view name);
  // "Europe/Berlin". nullopt = not in the database.
  static std::optional<TimeZone> named(std::string_view name, const std::string& directory = std::string(kZoneInfoDir));

  // local_s: a wall-clock time, given as if it were UTC.
  [[nodiscard]] Moments to_utc(std::int64_t local_s) const;

 private:
  std::int64_t offset_s_ = 0;             // east of UTC is positive
  std::shared_ptr<const ZoneFile> file_;  // null: the offset never changes
};

}  // namespace dlrgw::normalise
