#include "support/digest.hpp"

#include <stdexcept>

#include <openssl/evp.h>

namespace dlrgw::host {
namespace {

// A digest of memory fails only when OpenSSL itself is broken or out of memory: not an expected failure, hence a throw.
template <std::size_t Size>
std::array<std::uint8_t, Size> digest(const EVP_MD* algorithm, std::string_view data) {
  std::array<std::uint8_t, Size> out{};
  unsigned int size = 0;
  if (algorithm == nullptr || EVP_Digest(data.data(), data.size(), out.data(), &size, algorithm, nullptr) != 1 || size != Size)
    throw std::runtime_error(
        "OpenSSL could not compute a digest; check the OpenSSL installation and its configuration");
  return out;
}

}  // namespace

// Fetched once and kept: EVP_sha1() and its like look the algorithm up again at each use.
std::array<std::uint8_t, 20> sha1(std::string_view data) {
  static const EVP_MD* const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return digest<20>(kSha1, data);
}

std::array<std::uint8_t, 32> sha256(std::string_view data) {
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest<32>(kSha256, data);
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kHex[byte >> 4];
    text += kHex[byte & 0x0F];
  }
  return text;
}

std::string sha256_hex(std::string_view data) { return to_hex(sha256(data)); }

}  // namespace dlrgw::host
