// SPDX-License-Identifier: Apache-2.0
#include "receipt/trace_context.hpp"

#include <cstdint>
#include <random>

namespace dlrgw::host {
namespace {

constexpr std::size_t kTraceparentLength = 55;  // version 2 + trace 32 + span 16 + flags 2 + three dashes

std::string random_span_id() {
  static constexpr char kHex[] = "0123456789abcdef";
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::uint64_t bits = random() | 1U;  // a span id of zeros is invalid
  std::string out(16, '0');
  for (char& c : out) {
    c = kHex[bits & 15U];
    bits >>= 4U;
  }
  return out;
}

bool is_traceparent(std::string_view text) {
  if (text.size() != kTraceparentLength || text.substr(0, 3) != "00-" || text[35] != '-' || text[52] != '-')
    return false;
  const auto is_id = [](std::string_view id) {
    return id.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
           id.find_first_not_of('0') != std::string_view::npos;
  };
  const std::string_view flags = text.substr(kTraceparentLength - 2);
  return is_id(text.substr(3, 32)) && is_id(text.substr(36, 16)) &&
         flags.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

TraceContext begin_span(std::string_view traceparent) {
  if (!is_traceparent(traceparent)) return {};
  return {std::string(traceparent.substr(3, 32)), random_span_id(),
          std::string(traceparent.substr(kTraceparentLength - 2))};
}

std::string TraceContext::traceparent() const {
  if (trace_id.empty()) return {};
  return "00-" + trace_id + "-" + span_id + "-" + flags;
}

}  // namespace dlrgw::host
