// SPDX-License-Identifier: Apache-2.0
#include "digester.hpp"

#include <array>

#include <openssl/evp.h>

#include <dlrgw/cpp/base.hpp>

namespace dlrgw::correlate {
namespace {

void must(int result) {
  if (result != 1) throw Error(DLRGW_E_INTERNAL, "OpenSSL refused a digest");
}

}  // namespace

struct Digester::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Impl() { EVP_MD_CTX_free(context); }
};

Digester::Digester(Kind kind) : impl_(std::make_unique<Impl>()) {
  must(EVP_DigestInit_ex(impl_->context, kind == Kind::kSha256 ? EVP_sha256() : EVP_md5(), nullptr));
}

Digester::~Digester() = default;

void Digester::add(std::string_view bytes) { must(EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size())); }

std::string Digester::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  must(EVP_DigestFinal_ex(impl_->context, digest.data(), &length));
  return {reinterpret_cast<const char*>(digest.data()), length};
}

}  // namespace dlrgw::correlate
