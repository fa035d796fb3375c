// The zone in which an operator writes its zone-less dates. Values; pure; any thread.
// Fixed offsets only: a named zone with daylight saving time needs a database, which this type is the place for.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace dlrgw::normalise {

class TimeZone {
 public:
  TimeZone() = default;  // UTC
  // "UTC", "GMT", "Z", or an offset "+05:30", "-0330", "+5", also behind UTC or GMT. nullopt = not such a name.
  static std::optional<TimeZone> parse(std::string_view name);
  // Seconds since the Unix epoch of a local wall-clock time given as if it were UTC.
  [[nodiscard]] std::int64_t to_utc_s(std::int64_t local_s) const { return local_s - offset_s_; }

 private:
  explicit TimeZone(std::int64_t offset_s) : offset_s_(offset_s) {}
  std::int64_t offset_s_ = 0;  // east of UTC is positive
};

}  // namespace dlrgw::normalise
