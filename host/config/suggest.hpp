// SPDX-License-Identifier: Apache-2.0
// "did you mean" for misspelt names. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace dlrgw::host {

// `; did you mean "x"?` for the nearest name, or `; known here: a, b, c` when none is near and there are few, else
// empty.
[[nodiscard]] std::string suggestion(std::string_view misspelt, std::span<const std::string_view> names);

}  // namespace dlrgw::host
