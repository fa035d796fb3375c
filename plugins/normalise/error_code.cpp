// SPDX-License-Identifier: Apache-2.0
#include "error_code.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kNetworkErrorDigits = 6;

}  // namespace

std::string code_of_network_error(std::string_view network, bool from_tlv) {
  std::uint32_t code = 0;
  std::string_view digits = network;
  if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
  const bool three_octets = digits.size() == kNetworkErrorDigits;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (!three_octets || error != std::errc() || end != digits.data() + digits.size())
    return from_tlv ? std::string() : std::string(network);
  return std::to_string(code & 0xFFFFU);
}

ErrorCode error_code_of(const ErrorSources& sources, ErrorSource first, bool network_from_tlv) {
  if (first == ErrorSource::kNetwork) {
    std::string code = code_of_network_error(sources.network, network_from_tlv);
    if (!code.empty()) return {std::move(code), ErrorSource::kNetwork};
  }
  ErrorCode text{std::string(sources.text), ErrorSource::kText};
  if (first == ErrorSource::kText && !text.code.empty()) return text;
  if (!sources.field.empty()) return {std::string(sources.field), ErrorSource::kField};
  if (!text.code.empty()) return text;
  return {code_of_network_error(sources.network, network_from_tlv), ErrorSource::kNetwork};
}

}  // namespace dlrgw::normalise
