// SPDX-License-Identifier: Apache-2.0
// Decides whether a token is good: signature by the key set file, then the claims.
// Owned by the application; any thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "http/auth/claims.hpp"
#include "support/clock.hpp"
#include "support/result.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

struct TokenSettings {
  std::string jwks_file;  // empty: every token is refused
  std::string issuer;
  std::string audience;
};

class TokenVerifier {
 public:
  // Reads the file and logs what it found, a warning when there is none. Clock and logger outlive it.
  TokenVerifier(TokenSettings settings, const Clock& clock, Logger& log);
  ~TokenVerifier();
  TokenVerifier(const TokenVerifier&) = delete;
  TokenVerifier& operator=(const TokenVerifier&) = delete;

  // Reads the file again. An error: it cannot be read, is no key set, or holds keys of which none can be used; the old
  // keys stay in force. A key that is gone from a readable file is gone.
  Status renew();
  std::variant<Claims, TokenFault> verify(std::string_view token);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
