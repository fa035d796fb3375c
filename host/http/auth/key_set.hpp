// SPDX-License-Identifier: Apache-2.0
// A JSON Web Key Set (RFC 7517) → verification keys by kid, each pinned to one algorithm. Pure.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/auth/jose_key.hpp"
#include "http/auth/token_text.hpp"

namespace dlrgw::host {

struct VerificationKey {
  TokenAlgorithm algorithm;
  JoseKey key;
};

struct KeySet {
  std::map<std::string, VerificationKey, std::less<>> by_kid;
  // One sentence per key that is not taken: no kid or a second one of the same name, no alg or an unknown one, a kind
  // that does not fit the alg, too short, not for signatures. Holds no key material.
  std::vector<std::string> refused;
};

// The error: the text as a whole is no key set.
Result<KeySet> parse_key_set(std::string_view text);

}  // namespace dlrgw::host
