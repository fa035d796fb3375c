// SPDX-License-Identifier: Apache-2.0
// A set of segments of one message. Values.
#pragma once
#include <bitset>
#include <cstdint>
#include <initializer_list>

#include <dlrgw/cpp/base.hpp>

namespace dlrgw::message {

// UDH and SMPP count segments in one octet, from 1.
inline constexpr std::uint32_t kMaxSegments = 255;

class SegmentIndices {
 public:
  SegmentIndices() = default;
  SegmentIndices(std::initializer_list<std::uint32_t> indices) {
    for (const std::uint32_t index : indices) insert(index);
  }
  // Throws Error for 0 and beyond kMaxSegments.
  void insert(std::uint32_t index) {
    if (index == 0 || index > kMaxSegments) throw Error(DLRGW_E_INTERNAL, "a segment's index is not 1 to 255");
    bits_.set(index);
  }
  [[nodiscard]] bool contains(std::uint32_t index) const { return index <= kMaxSegments && bits_.test(index); }
  [[nodiscard]] bool empty() const { return bits_.none(); }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(bits_.count()); }
  // Whether every segment of this set is in the other one.
  [[nodiscard]] bool is_subset_of(const SegmentIndices& other) const { return (bits_ & ~other.bits_).none(); }
  friend bool operator==(const SegmentIndices&, const SegmentIndices&) = default;

 private:
  std::bitset<kMaxSegments + 1> bits_;
};

}  // namespace dlrgw::message
