// SPDX-License-Identifier: Apache-2.0
// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. Pure; any thread.
#pragma once
#include <cstddef>
#include <string_view>

namespace dlrgw::host {

// Bytes of the sequence at the front of a text that is not empty, 1 to 4; 0 = malformed or cut off.
std::size_t utf8_length(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace dlrgw::host
