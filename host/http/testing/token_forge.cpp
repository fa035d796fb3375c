// SPDX-License-Identifier: Apache-2.0
#include "http/testing/token_forge.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

namespace dlrgw::test {
namespace {

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void require(bool holds) {
  if (!holds) throw std::runtime_error("OpenSSL refused");
}

// size 0: as many bytes as the number has.
std::string number_bytes(const BIGNUM* number, int size = 0) {
  std::string out(static_cast<std::size_t>(size != 0 ? size : BN_num_bytes(number)), '\0');
  require(BN_bn2binpad(number, bytes(out), static_cast<int>(out.size())) >= 0);
  return out;
}

std::string parameter(const EVP_PKEY* key, const char* name, int size = 0) {
  BIGNUM* number = nullptr;
  require(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::string out = number_bytes(number, size);
  BN_free(number);
  return out;
}

// DER → r || s, RFC 7518 §3.4.
std::string plain_signature(const std::string& der) {
  const unsigned char* at = bytes(std::string_view(der));
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  require(pair != nullptr);
  std::string out = number_bytes(ECDSA_SIG_get0_r(pair), 32) + number_bytes(ECDSA_SIG_get0_s(pair), 32);
  ECDSA_SIG_free(pair);
  return out;
}

std::string member(std::string_view name, std::string_view value) {
  return "\"" + std::string(name) + "\":\"" + std::string(value) + "\"";
}

}  // namespace

void SigningKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

std::string base64url(std::string_view text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a NUL
  const int size = EVP_EncodeBlock(bytes(out), bytes(text), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  std::ranges::replace(out, '+', '-');
  std::ranges::replace(out, '/', '_');
  out.erase(std::min(out.find('='), out.size()));
  return out;
}

SigningKey SigningKey::secret(std::string kid) {
  std::string random(32, '\0');
  require(RAND_bytes(bytes(random), static_cast<int>(random.size())) == 1);
  return secret(std::move(kid), std::move(random));
}

SigningKey SigningKey::secret(std::string kid, std::string secret_bytes) {
  SigningKey out;
  out.algorithm_ = "HS256";
  out.kid_ = std::move(kid);
  out.secret_ = std::move(secret_bytes);
  return out;
}

SigningKey SigningKey::rsa(std::string kid, unsigned bits) {
  SigningKey out;
  out.algorithm_ = "RS256";
  out.kid_ = std::move(kid);
  out.pair_.reset(EVP_RSA_gen(bits));
  require(out.pair_ != nullptr);
  return out;
}

SigningKey SigningKey::ec(std::string kid) {
  SigningKey out;
  out.algorithm_ = "ES256";
  out.kid_ = std::move(kid);
  out.pair_.reset(EVP_EC_gen("P-256"));
  require(out.pair_ != nullptr);
  return out;
}

std::string SigningKey::jwk(std::string_view alg) const {
  std::string out = "{" + member("kid", kid_);
  if (!alg.empty()) out += "," + member("alg", alg);
  if (algorithm_ == "HS256") {
    out += "," + member("kty", "oct") + "," + member("k", base64url(secret_));
  } else if (algorithm_ == "RS256") {
    out += "," + member("kty", "RSA") + "," + member("n", base64url(modulus())) + "," +
           member("e", base64url(parameter(pair_.get(), OSSL_PKEY_PARAM_RSA_E)));
  } else {
    out += "," + member("kty", "EC") + "," + member("crv", "P-256") + "," +
           member("x", base64url(parameter(pair_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32))) + "," +
           member("y", base64url(parameter(pair_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32)));
  }
  return out + "}";
}

std::string SigningKey::public_pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  require(PEM_write_bio_PUBKEY(memory, pair_.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string out(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return out;
}

std::string SigningKey::modulus() const { return parameter(pair_.get(), OSSL_PKEY_PARAM_RSA_N); }

std::string SigningKey::signature(std::string_view text) const {
  if (algorithm_ == "HS256") {
    std::string out(32, '\0');
    unsigned size = 32;
    require(HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()), bytes(text), text.size(), bytes(out),
                 &size) != nullptr);
    return out;
  }
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::size_t size = 0;
  require(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, pair_.get()) == 1);
  require(EVP_DigestSign(context, nullptr, &size, bytes(text), text.size()) == 1);
  std::string out(size, '\0');
  require(EVP_DigestSign(context, bytes(out), &size, bytes(text), text.size()) == 1);
  out.resize(size);
  EVP_MD_CTX_free(context);
  return algorithm_ == "ES256" ? plain_signature(out) : out;
}

std::string SigningKey::token(std::string_view payload) const {
  return token("{" + member("alg", algorithm_) + "," + member("typ", "JWT") + "," + member("kid", kid_) + "}", payload);
}

std::string SigningKey::token(std::string_view header, std::string_view payload) const {
  const std::string text = base64url(header) + "." + base64url(payload);
  return text + "." + base64url(signature(text));
}

std::string key_set(std::initializer_list<std::string> jwks) {
  std::string out = "{\"keys\":[";
  for (const std::string& jwk : jwks) out += (out.back() == '[' ? "" : ",") + jwk;
  return out + "]}";
}

}  // namespace dlrgw::test
