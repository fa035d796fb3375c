// SPDX-License-Identifier: Apache-2.0
// JSON text → value, refusing what two readers could read differently: duplicate member names at any level. Pure.
#pragma once
#include <optional>
#include <string_view>

#include <boost/json/value.hpp>

namespace dlrgw::host {

// nullopt: no JSON, invalid UTF-8, nested deeper than 8, duplicate names.
std::optional<boost::json::value> parse_strict_json(std::string_view text);

}  // namespace dlrgw::host
