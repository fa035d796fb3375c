// Digests over OpenSSL's EVP. Any thread. SHA-1 serves UUIDv5 only, never security.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dlrgw::host {

std::array<std::uint8_t, 20> sha1(std::string_view data);
std::array<std::uint8_t, 32> sha256(std::string_view data);
// Lower-case hex.
std::string to_hex(std::span<const std::uint8_t> bytes);
std::string sha256_hex(std::string_view data);

}  // namespace dlrgw::host
