// SPDX-License-Identifier: Apache-2.0
#include "support/version_order.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace dlrgw::host {
namespace {

std::string_view without_build(std::string_view version) { return version.substr(0, version.find('+')); }

// Takes the next number and its dot off the text.
std::uint64_t next_number(std::string_view& rest) {
  const std::string_view part = rest.substr(0, rest.find('.'));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  std::uint64_t number = 0;
  std::from_chars(part.data(), part.data() + part.size(), number);
  return number;
}

}  // namespace

std::strong_ordering compare_versions(std::string_view left, std::string_view right) {
  left = without_build(left);
  right = without_build(right);
  const std::size_t left_dash = left.find('-');
  const std::size_t right_dash = right.find('-');
  std::string_view left_numbers = left.substr(0, left_dash);
  std::string_view right_numbers = right.substr(0, right_dash);
  while (!left_numbers.empty() || !right_numbers.empty()) {
    const auto order = next_number(left_numbers) <=> next_number(right_numbers);
    if (order != 0) return order;
  }
  const bool left_is_release = left_dash == std::string_view::npos;
  const bool right_is_release = right_dash == std::string_view::npos;
  if (left_is_release != right_is_release) return left_is_release <=> right_is_release;
  if (left_is_release) return std::strong_ordering::equal;
  return left.substr(left_dash) <=> right.substr(right_dash);
}

}  // namespace dlrgw::host
