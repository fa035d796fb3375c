// SPDX-License-Identifier: Apache-2.0
#include "support/digest.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/evp.h>

#include <dlrgw/cpp/hex.hpp>

namespace dlrgw::host {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// A digest of memory fails only when OpenSSL itself is broken or out of memory: not an expected failure, hence a throw.
template <std::size_t Size>
std::array<std::uint8_t, Size> digest(const EVP_MD* algorithm, std::initializer_list<std::string_view> parts) {
  // Kept per thread: making a context costs as much as the digest of a short text.
  thread_local const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
  std::array<std::uint8_t, Size> out{};
  unsigned int size = 0;
  bool good = algorithm != nullptr && context && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1;
  for (const std::string_view part : parts)
    good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  if (!good || EVP_DigestFinal_ex(context.get(), out.data(), &size) != 1 || size != Size)
    throw std::runtime_error(
        "OpenSSL could not compute a digest; check the OpenSSL installation and its configuration");
  return out;
}

}  // namespace

// Fetched once and kept: EVP_sha1() and its like look the algorithm up again at each use.
std::array<std::uint8_t, 20> sha1(std::initializer_list<std::string_view> parts) {
  static const EVP_MD* const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return digest<20>(kSha1, parts);
}

std::array<std::uint8_t, 32> sha256(std::string_view data) {
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest<32>(kSha256, {data});
}

std::string sha256_hex(std::string_view data) { return to_hex(sha256(data)); }

}  // namespace dlrgw::host
