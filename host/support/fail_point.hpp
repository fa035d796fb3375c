// SPDX-License-Identifier: Apache-2.0
// Named points at which a test can kill the process as kill -9 would, compiled in only with DLRGW_FAIL_POINTS.
// DLRGW_FAIL_POINT=name or name:n in the environment arms one; it fires at its n-th hit.
#pragma once
#include <string_view>

namespace dlrgw::host {

#ifdef DLRGW_FAIL_POINTS
inline constexpr bool kFailPointsCompiled = true;
void fail_point(std::string_view name);
#else
inline constexpr bool kFailPointsCompiled = false;
inline void fail_point(std::string_view) {}
#endif

}  // namespace dlrgw::host
