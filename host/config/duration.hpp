// SPDX-License-Identifier: Apache-2.0
// Durations in configuration: "500ms", "3s", "5m", "24h", "30d". Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace dlrgw::host {

// µs; a whole number and one unit, at most 36500d. nullopt = not a duration.
[[nodiscard]] std::optional<std::int64_t> parse_duration_us(std::string_view text);

}  // namespace dlrgw::host
