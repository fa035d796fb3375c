// SPDX-License-Identifier: Apache-2.0
// One key of libcjose. The only place that knows the library.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "support/result.hpp"

struct _cjose_jwk_int;  // NOLINT(bugprone-reserved-identifier): the name is not ours

namespace dlrgw::host {

class JoseKey {
 public:
  // jwk: a JSON object with the public members of the key; with the private ones it can sign.
  static Result<JoseKey> import_jwk(std::string_view jwk);
  // A new pair on curve P-256, for ES256.
  static Result<JoseKey> make_es256(std::string_view kid);

  // A JSON object without alg and use. Secret when it holds the private members.
  enum class Members { kPublic, kPrivate };
  [[nodiscard]] Result<std::string> jwk(Members members) const;
  // A compact token of these bytes. kInvalid: the key is not one for ES256 or lacks its private members.
  [[nodiscard]] Result<std::string> sign_es256(std::string_view payload) const;

  // True when the signature of this compact token verifies. libcjose takes the algorithm from the token's header: check
  // first that it is the one that this key is for. One thread at a time.
  [[nodiscard]] bool verifies(std::string_view token) const;

 private:
  struct Release {
    void operator()(_cjose_jwk_int* key) const;
  };
  explicit JoseKey(_cjose_jwk_int* key) : key_(key) {}
  std::unique_ptr<_cjose_jwk_int, Release> key_;
};

}  // namespace dlrgw::host
