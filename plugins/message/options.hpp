// What the rules of a message read from an operator's profile. Pure; any thread.
#pragma once
#include <string_view>

#include <dlrgw/cpp/config.hpp>

namespace dlrgw::message {

// Whether the operator sends one receipt for all segments of a message.
inline bool one_for_all(const Config& config, std::string_view operator_id) {
  return config.text("segment_dlr", operator_id) == "single";
}

}  // namespace dlrgw::message
