// SPDX-License-Identifier: Apache-2.0
// The version of this build, from the build system.
#pragma once
#include <string_view>

#ifndef DLRGW_VERSION
#error "DLRGW_VERSION comes from the build"
#endif

namespace dlrgw::host {
inline constexpr std::string_view kVersion = DLRGW_VERSION;
}
