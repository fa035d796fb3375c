// SPDX-License-Identifier: Apache-2.0
// One key of libcjose. The only place that knows the library.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "support/result.hpp"

struct _cjose_jwk_int;

namespace dlrgw::host {

class JoseKey {
 public:
  // jwk: a JSON object with the public members of the key.
  static Result<JoseKey> import_jwk(std::string_view jwk);

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
