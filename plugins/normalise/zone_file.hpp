// SPDX-License-Identifier: Apache-2.0
// A zone of the system's time zone database: the bytes of a TZif file (RFC 9636, version 2 or newer) and what the
// clocks there showed at any moment. Immutable after parsing; pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "posix_zone.hpp"

namespace dlrgw::normalise {

class ZoneFile {
 public:
  // nullopt = not such a file, cut off, or one of "right/", whose seconds are not those of Unix time.
  static std::optional<ZoneFile> parse(std::string_view bytes);
  // Seconds east of UTC at that moment, seconds since the Unix epoch.
  [[nodiscard]] std::int64_t offset_at(std::int64_t utc_s) const;

 private:
  struct Change {
    std::int64_t at_s = 0;
    std::int64_t offset_s = 0;  // from then on
  };
  std::int64_t first_offset_s_ = 0;  // before the first change
  std::vector<Change> changes_;      // by time
  std::optional<PosixZone> after_;   // behind the last change
};

}  // namespace dlrgw::normalise
