// SPDX-License-Identifier: Apache-2.0
#include "tlv.hpp"

#include <algorithm>

#include "receipt_bytes.hpp"
#include "status_map.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kMaxIdBytes = 255;
constexpr std::size_t kMaxNetworkErrorChars = 16;

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> octets(std::string_view hex) {
  if (hex.empty() || hex.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = nibble(hex[i]);
    const int low = nibble(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

}  // namespace

std::string tlv_message_id(std::string_view hex, bool gsm7) {
  auto value = octets(hex);
  if (!value) return {};
  value->resize(std::min(value->find('\0'), value->size()));
  if (gsm7) value = text_of_gsm7(*value);
  const std::string_view id = trimmed(*value);
  const bool printable = std::all_of(id.begin(), id.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  return printable && id.size() <= kMaxIdBytes ? std::string(id) : std::string();
}

std::optional<std::uint32_t> tlv_message_state(std::string_view hex) {
  const auto value = octets(hex);
  if (!value || value->size() != 1) return std::nullopt;
  return static_cast<unsigned char>(value->front());
}

std::string tlv_message_payload(std::string_view hex, bool gsm7) {
  const auto value = octets(hex);
  if (!value) return {};
  const bool seven_bits = std::ranges::all_of(*value, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return gsm7 && seven_bits && !is_utf16(*value) ? text_of_gsm7(*value) : text_of_octets(*value);
}

std::string tlv_network_error(std::string_view hex) {
  if (hex.size() > kMaxNetworkErrorChars || !octets(hex)) return {};
  std::string out(hex);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c; });
  return out;
}

}  // namespace dlrgw::normalise
