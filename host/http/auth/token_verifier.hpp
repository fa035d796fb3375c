// SPDX-License-Identifier: Apache-2.0
// Decides whether a token is good: signature by the key set file, which is reread when it changes, then the claims.
// Owned by the application; any thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "http/auth/claims.hpp"
#include "support/clock.hpp"
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

  // Looks at most once a second whether the file changed. A file that cannot be read or is no key set leaves the old
  // keys in force; a key that is gone from a readable file is gone.
  std::variant<Claims, TokenFault> verify(std::string_view token);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
