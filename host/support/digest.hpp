// SPDX-License-Identifier: Apache-2.0
// Digests over OpenSSL's EVP. Any thread. SHA-1 serves UUIDv5 only, never security.
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace dlrgw::host {

// The digest of the parts, one after the other.
std::array<std::uint8_t, 20> sha1(std::initializer_list<std::string_view> parts);
std::array<std::uint8_t, 32> sha256(std::string_view data);
std::string sha256_hex(std::string_view data);

}  // namespace dlrgw::host
