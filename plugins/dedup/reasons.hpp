// SPDX-License-Identifier: Apache-2.0
// The plugin's verdict reasons: a verdict names one by its index. And the word by which a submission asks that the
// rule of quarantine be off.
#pragma once
#include <dlrgw/plugin.hpp>

namespace dlrgw::dedup {

inline constexpr std::string_view kSkipQuarantine = "quarantine";

enum Reason : std::uint32_t { kDedup, kRedelivered, kQuarantined, kDuplicate, kLate, kNotCorrelated, kMessageGone };

inline constexpr dlrgw_reason kReasons[] = {
    reason("dedup", DLRGW_OUTCOME_DEDUP),
    reason("redelivered", DLRGW_OUTCOME_REDELIVERED),
    reason("quarantined", DLRGW_OUTCOME_QUARANTINED),
    reason("duplicate", DLRGW_OUTCOME_DUPLICATE),
    reason("late", DLRGW_OUTCOME_LATE),
    reason("not_correlated"),  // RETRY: a stage before it broke its promise
    reason("message_gone"),    // RETRY: the message row vanished after correlation; correlate decides anew
};

}  // namespace dlrgw::dedup
