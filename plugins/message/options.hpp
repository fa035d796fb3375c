// SPDX-License-Identifier: Apache-2.0
// What the rules of a message read from an operator's profile. Pure; any thread.
#pragma once
#include <string>
#include <string_view>

#include <dlrgw/cpp/config.hpp>

namespace dlrgw::message {

// Whether what this connector of the operator receives is one receipt for all segments of a message. connector_id may
// be empty: then the operator's own table says it.
inline bool one_for_all(const Config& config, std::string_view operator_id, std::string_view connector_id) {
  if (connector_id.empty()) return config.text("segment_dlr", operator_id) == "single";
  return config.text("segment_dlr", std::string(operator_id) + "/" + std::string(connector_id)) == "single";
}

}  // namespace dlrgw::message
