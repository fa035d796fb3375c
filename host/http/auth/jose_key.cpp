// SPDX-License-Identifier: Apache-2.0
#include "http/auth/jose_key.hpp"

#include <cstdlib>

extern "C" {
#include <cjose/header.h>
#include <cjose/jwk.h>
#include <cjose/jws.h>
}

namespace dlrgw::host {

void JoseKey::Release::operator()(_cjose_jwk_int* key) const { cjose_jwk_release(key); }

Result<JoseKey> JoseKey::import_jwk(std::string_view jwk) {
  cjose_err error{};
  cjose_jwk_t* key = cjose_jwk_import(jwk.data(), jwk.size(), &error);
  if (key == nullptr) return Error{ErrorCode::kInvalid, "its key material is not valid"};
  return JoseKey(key);
}

Result<JoseKey> JoseKey::make_es256(std::string_view kid) {
  cjose_err error{};
  JoseKey key(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error));
  if (!key.key_ || !cjose_jwk_set_kid(key.key_.get(), kid.data(), kid.size(), &error))
    return Error{ErrorCode::kInternal, "no key could be made"};
  return key;
}

Result<std::string> JoseKey::jwk(Members members) const {
  cjose_err error{};
  const std::unique_ptr<char, decltype(&std::free)> text(
      cjose_jwk_to_json(key_.get(), members == Members::kPrivate, &error), &std::free);
  if (!text) return Error{ErrorCode::kInternal, "the key cannot be written"};
  return std::string(text.get());
}

Result<std::string> JoseKey::sign_es256(std::string_view payload) const {
  cjose_err error{};
  const char* kid = cjose_jwk_get_kid(key_.get(), &error);
  const std::unique_ptr<cjose_header_t, decltype(&cjose_header_release)> header(cjose_header_new(&error),
                                                                                &cjose_header_release);
  Error refused{ErrorCode::kInvalid, "is no private key for ES256 with a kid"};
  if (kid == nullptr || !header || !cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, &error) ||
      !cjose_header_set(header.get(), CJOSE_HDR_KID, kid, &error))
    return refused;
  const std::unique_ptr<cjose_jws_t, decltype(&cjose_jws_release)> jws(
      cjose_jws_sign(key_.get(), header.get(), reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size(),
                     &error),
      &cjose_jws_release);
  const char* text = nullptr;  // belongs to jws
  if (!jws || !cjose_jws_export(jws.get(), &text, &error)) return refused;
  return std::string(text);
}

bool JoseKey::verifies(std::string_view token) const {
  cjose_err error{};
  const std::unique_ptr<cjose_jws_t, decltype(&cjose_jws_release)> jws(
      cjose_jws_import(token.data(), token.size(), &error), &cjose_jws_release);
  return jws != nullptr && cjose_jws_verify(jws.get(), key_.get(), &error);
}

}  // namespace dlrgw::host
