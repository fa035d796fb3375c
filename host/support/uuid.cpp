// SPDX-License-Identifier: Apache-2.0
#include "support/uuid.hpp"

#include <stdexcept>

#include <dlrgw/cpp/hex.hpp>

#include "support/digest.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kTextSize = 36;
// Where the two digits of each byte stand in the text.
constexpr std::array<std::uint8_t, 16> kAt{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};

std::string text_of(const std::uint8_t* bytes) {
  std::string text(kTextSize, '-');
  for (std::size_t i = 0; i < kAt.size(); ++i) {
    text[kAt[i]] = kHexDigits[bytes[i] >> 4];
    text[kAt[i] + 1U] = kHexDigits[bytes[i] & 0x0F];
  }
  return text;
}

}  // namespace

std::optional<UuidBytes> parse_uuid_bytes(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  UuidBytes bytes{};
  int seen = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int value = hex_value(text[kAt[i]]) * 16 | hex_value(text[kAt[i] + 1U]);
    seen |= value;  // negative once any digit was none
    bytes[i] = static_cast<std::uint8_t>(value);
  }
  if (seen < 0) return std::nullopt;
  return bytes;
}

std::optional<std::string> parse_uuid(std::string_view text) {
  const auto bytes = parse_uuid_bytes(text);
  if (!bytes) return std::nullopt;
  return text_of(bytes->data());
}

std::string uuid_v5(const UuidBytes& space, std::string_view name) {
  auto hash = sha1({std::string_view(reinterpret_cast<const char*>(space.data()), space.size()), name});
  hash[6] = static_cast<std::uint8_t>((hash[6] & 0x0F) | 0x50);  // version 5
  hash[8] = static_cast<std::uint8_t>((hash[8] & 0x3F) | 0x80);  // RFC 4122 variant
  return text_of(hash.data());
}

std::string uuid_v5(std::string_view space, std::string_view name) {
  const auto bytes = parse_uuid_bytes(space);
  if (!bytes) throw std::invalid_argument("uuid_v5: the namespace is not a UUID");
  return uuid_v5(*bytes, name);
}

}  // namespace dlrgw::host
