// SPDX-License-Identifier: Apache-2.0
// What a verified token says about its bearer. A plain value.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::host {

struct Claims {
  std::string subject;     // may be empty
  std::string account_id;  // UUID, lower case; empty when the token names none
  std::vector<std::string> scopes;

  [[nodiscard]] bool has_scope(std::string_view scope) const {
    return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  }
};

// Why a token was refused: for the log at debug level and for tests, never for the client.
enum class TokenFault {
  kMalformed,       // not three parts of base64url, no JSON, duplicate members, too long
  kUnknownKey,      // its kid is not in the key set, or there is none
  kWrongAlgorithm,  // not the one that the key is pinned to
  kBadSignature,
  kBadClaims,  // a claim is missing or of the wrong type
  kExpired,
  kNotYetValid,
  kWrongIssuer,
  kWrongAudience,
};
[[nodiscard]] std::string_view to_string(TokenFault fault);

}  // namespace dlrgw::host
