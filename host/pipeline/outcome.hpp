// SPDX-License-Identifier: Apache-2.0
// What became of a receipt, as a closed list. The names are the SDK's; the host gives them no meaning of its own beyond
// the three that it decides itself.
#pragma once
#include <array>
#include <string_view>

#include <dlrgw/abi/plugin.h>

namespace dlrgw::host {

inline constexpr std::string_view kOutcomeInvalid = DLRGW_OUTCOME_INVALID;
inline constexpr std::string_view kOutcomeRejected = DLRGW_OUTCOME_REJECTED;
inline constexpr std::string_view kOutcomeApplied = DLRGW_OUTCOME_APPLIED;

}  // namespace dlrgw::host
