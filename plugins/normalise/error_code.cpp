// SPDX-License-Identifier: Apache-2.0
#include "error_code.hpp"

#include <charconv>
#include <cstdint>

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kNetworkErrorDigits = 6;

}  // namespace

std::string code_of_network_error(std::string_view network, bool from_tlv) {
  std::uint32_t code = 0;
  const bool three_octets = network.size() == kNetworkErrorDigits;
  const auto [end, error] = std::from_chars(network.data(), network.data() + network.size(), code, 16);
  if (!three_octets || error != std::errc() || end != network.data() + network.size())
    return from_tlv ? std::string() : std::string(network);
  return std::to_string(code & 0xFFFFU);
}

std::string error_code_of(const ErrorSources& sources, ErrorSource first, bool network_from_tlv) {
  if (first == ErrorSource::kNetwork) {
    std::string code = code_of_network_error(sources.network, network_from_tlv);
    if (!code.empty()) return code;
  }
  if (first == ErrorSource::kText && !sources.text.empty()) return std::string(sources.text);
  if (!sources.field.empty()) return std::string(sources.field);
  if (!sources.text.empty()) return std::string(sources.text);
  return code_of_network_error(sources.network, network_from_tlv);
}

}  // namespace dlrgw::normalise
