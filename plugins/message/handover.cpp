// SPDX-License-Identifier: Apache-2.0
#include "message/handover.hpp"

#include <algorithm>
#include <charconv>

namespace dlrgw::message {
namespace {

constexpr unsigned kBits = 8;

template <class Number>
std::optional<Number> decimal(std::string_view bytes) {
  Number value = 0;
  const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), value);
  if (error != std::errc() || end != bytes.data() + bytes.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view bytes_of(const Fingerprint& fingerprint) {
  return {reinterpret_cast<const char*>(fingerprint.data()), fingerprint.size()};
}

std::string_view cut(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && (static_cast<unsigned char>(text[max_bytes]) & 0xC0U) == 0x80U) --max_bytes;
  return text.substr(0, max_bytes);
}

std::optional<std::uint32_t> Codec<std::uint32_t>::decode(std::string_view bytes) {
  return decimal<std::uint32_t>(bytes);
}

std::optional<std::int64_t> Codec<std::int64_t>::decode(std::string_view bytes) { return decimal<std::int64_t>(bytes); }

std::optional<bool> Codec<bool>::decode(std::string_view bytes) {
  if (bytes != "0" && bytes != "1") return std::nullopt;
  return bytes == "1";
}

std::optional<Fingerprint> Codec<Fingerprint>::decode(std::string_view bytes) {
  Fingerprint value{};
  if (bytes.size() != value.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), value.begin());
  return value;
}

std::string Codec<SegmentIndices>::encode(const SegmentIndices& value) {
  std::string bytes(kMaxBytes, '\0');
  for (std::uint32_t index = 1; index <= kMaxSegments; ++index) {
    if (!value.contains(index)) continue;
    char& octet = bytes[(index - 1) / kBits];
    octet = static_cast<char>(static_cast<unsigned char>(octet) | (1U << ((index - 1) % kBits)));
  }
  return bytes;
}

std::optional<SegmentIndices> Codec<SegmentIndices>::decode(std::string_view bytes) {
  if (bytes.size() != kMaxBytes) return std::nullopt;
  SegmentIndices value;
  for (std::uint32_t index = 1; index <= kMaxSegments; ++index)
    if ((static_cast<unsigned char>(bytes[(index - 1) / kBits]) >> ((index - 1) % kBits) & 1U) != 0)
      value.insert(index);
  return value;
}

std::string Codec<Course>::encode(Course value) {
  switch (value) {
    case Course::kFinal:
      return "final";
    case Course::kIntermediate:
      return "intermediate";
    case Course::kLateSegment:
      return "late";
  }
  return {};
}

std::optional<Course> Codec<Course>::decode(std::string_view bytes) {
  for (const Course course : kAllCourses)
    if (encode(course) == bytes) return course;
  return std::nullopt;
}

void Handover::refuse(std::string_view name, std::string_view why) {
  throw Error(DLRGW_E_INTERNAL, std::string("attribute ").append(name).append(" ").append(why));
}

}  // namespace dlrgw::message
