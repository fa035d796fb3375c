// SPDX-License-Identifier: Apache-2.0
// Bytes as base64, RFC 4648. Pure; any thread.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::correlate {

std::string to_base64(std::string_view bytes);

}  // namespace dlrgw::correlate
