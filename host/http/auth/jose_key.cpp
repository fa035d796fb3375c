// SPDX-License-Identifier: Apache-2.0
#include "http/auth/jose_key.hpp"

extern "C" {
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

bool JoseKey::verifies(std::string_view token) const {
  cjose_err error{};
  const std::unique_ptr<cjose_jws_t, decltype(&cjose_jws_release)> jws(
      cjose_jws_import(token.data(), token.size(), &error), &cjose_jws_release);
  return jws != nullptr && cjose_jws_verify(jws.get(), key_.get(), &error);
}

}  // namespace dlrgw::host
