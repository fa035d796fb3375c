#include "support/uuid.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>

#include "support/digest.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kTextSize = 36;
constexpr std::size_t kByteCount = 16;

bool is_dash(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::array<std::uint8_t, kByteCount>> bytes_of(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  std::array<std::uint8_t, kByteCount> bytes{};
  std::size_t digit = 0;
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (is_dash(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = nibble(text[i]);
    if (value < 0) return std::nullopt;
    std::uint8_t& byte = bytes[digit / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
    ++digit;
  }
  return bytes;
}

std::string text_of(const std::uint8_t* bytes) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(kTextSize);
  for (std::size_t i = 0; i < kByteCount; ++i) {
    if (is_dash(text.size())) text += '-';
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 0x0F];
  }
  return text;
}

}  // namespace

std::optional<std::string> parse_uuid(std::string_view text) {
  const auto bytes = bytes_of(text);
  if (!bytes) return std::nullopt;
  return text_of(bytes->data());
}

std::string uuid_v5(std::string_view space, std::string_view name) {
  const auto prefix = bytes_of(space);
  if (!prefix) throw std::invalid_argument("uuid_v5: the namespace is not a UUID");
  std::string input(prefix->begin(), prefix->end());
  input += name;
  auto hash = sha1(input);
  hash[6] = static_cast<std::uint8_t>((hash[6] & 0x0F) | 0x50);  // version 5
  hash[8] = static_cast<std::uint8_t>((hash[8] & 0x3F) | 0x80);  // RFC 4122 variant
  return text_of(hash.data());
}

}  // namespace dlrgw::host
