// SPDX-License-Identifier: Apache-2.0
// Bytes as text. Pure; any thread.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::correlate {

std::string to_hex(std::string_view bytes);  // lower case
std::string to_base64(std::string_view bytes);

}  // namespace dlrgw::correlate
