// SPDX-License-Identifier: Apache-2.0
// The text of a JSON Web Token in compact form (RFC 7515, 7519) → its parts, and its payload → claims. Pure: verifies
// no signature. Stricter than the RFC asks: one spelling per token, no duplicate members, no extension.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "http/auth/claims.hpp"

namespace dlrgw::host {

inline constexpr std::size_t kMaxTokenBytes = std::size_t{8} * 1024;

enum class TokenAlgorithm { kHs256, kRs256, kEs256 };
[[nodiscard]] std::string_view to_string(TokenAlgorithm algorithm);
[[nodiscard]] std::optional<TokenAlgorithm> parse_algorithm(std::string_view text);

struct TokenParts {
  TokenAlgorithm algorithm = TokenAlgorithm::kHs256;  // as the token claims
  std::string kid;
  std::string payload;  // decoded bytes
};
[[nodiscard]] std::variant<TokenParts, TokenFault> split_token(std::string_view text);

struct ClaimRules {
  std::string issuer;    // must be equal to iss
  std::string audience;  // must be in aud
  double leeway_s = 30;
};
// payload: verified bytes. now_s: seconds since the epoch.
[[nodiscard]] std::variant<Claims, TokenFault> read_claims(std::string_view payload, const ClaimRules& rules,
                                                           double now_s);

// nullopt: a character outside the alphabet, an impossible length, or spare bits that are not zero. Not libcjose, which
// takes padding and spare bits: one token would have many spellings.
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace dlrgw::host
