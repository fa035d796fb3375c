// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway token`: a key of one's own and tokens signed with it, for those who have no identity provider, and for
// the first minutes of those who have one.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "support/result.hpp"

namespace dlrgw::host {

struct TokenKeyFiles {
  std::string key;   // the private key, a JWK; only its owner may read it
  std::string jwks;  // the key set that the gateway reads (http.jwks_file)
};

// Makes a key for ES256 and adds its public part to the key set. Answers what was done, a line each. kDenied: the key
// is there already, and is left alone.
Result<std::string> make_token_key(const TokenKeyFiles& files);

struct TokenWish {
  std::vector<std::string> scopes;  // as dlr:admin; a token for customers has none
  std::string subject;              // who bears it; audit rows name it
  std::string account_id;           // UUID of a customer; empty: none
  std::string issuer, audience;     // http.jwt_issuer, http.jwt_audience
  std::int64_t ttl_s = 0;
};

// A compact token, valid from now_s (seconds since the epoch) on.
Result<std::string> sign_token(const std::string& key_file, const TokenWish& wish, std::int64_t now_s);

}  // namespace dlrgw::host
