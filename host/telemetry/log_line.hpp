// SPDX-License-Identifier: Apache-2.0
// The text of one log line. Pure; the logger adds time and transport.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "telemetry/log.hpp"

namespace dlrgw::host {

// A text field longer than this is cut and ends in "…": one line must stay one readable line.
inline constexpr std::size_t kMaxFieldBytes = 4096;

// One JSON object with a closing newline. ts, level, event, instance, traceId and spanId always come first; a field
// that takes one of these names gets a trailing "_", and of two fields with one name the first stays.
[[nodiscard]] std::string log_line(std::int64_t at_us, Level level, std::string_view event, std::string_view instance,
                                   std::span<const Field> fields, TraceIds trace);

}  // namespace dlrgw::host
