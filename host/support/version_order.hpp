// SPDX-License-Identifier: Apache-2.0
// Semantic versions in their order. Pure; any thread.
#pragma once
#include <compare>
#include <string_view>

namespace dlrgw::host {

// Numbers between dots are compared one after the other, a missing one is 0; a pre-release ("1.2.0-rc1") comes before
// its release. What follows a "+" does not matter. Text that is no number counts as 0.
std::strong_ordering compare_versions(std::string_view left, std::string_view right);

}  // namespace dlrgw::host
