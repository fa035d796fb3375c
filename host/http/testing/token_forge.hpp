// SPDX-License-Identifier: Apache-2.0
// For tests: keys, key sets and tokens, good and forged. Keys are made anew in each process; nothing of them is stored.
#pragma once
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace dlrgw::test {

std::string base64url(std::string_view bytes);

class SigningKey {
 public:
  static SigningKey secret(std::string kid);                     // HS256, 32 random bytes
  static SigningKey secret(std::string kid, std::string bytes);  // HS256 with these
  static SigningKey rsa(std::string kid, unsigned bits = 2048);  // RS256
  static SigningKey ec(std::string kid);                         // ES256, P-256

  [[nodiscard]] const std::string& algorithm() const { return algorithm_; }
  [[nodiscard]] const std::string& kid() const { return kid_; }
  // The public key as a JWK, pinned to its algorithm, or to `alg`; "" leaves alg out.
  [[nodiscard]] std::string jwk() const { return jwk(algorithm_); }
  [[nodiscard]] std::string jwk(std::string_view alg) const;
  [[nodiscard]] std::string public_pem() const;  // RSA and EC
  [[nodiscard]] std::string modulus() const;     // RSA: big-endian bytes

  // Compact token with the fitting header.
  [[nodiscard]] std::string token(std::string_view payload) const;
  // With this header, whatever it says; signed by this key all the same.
  [[nodiscard]] std::string token(std::string_view header, std::string_view payload) const;
  [[nodiscard]] std::string signature(std::string_view text) const;  // bytes

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  std::string algorithm_, kid_, secret_;
  std::unique_ptr<evp_pkey_st, Free> pair_;
};

// {"keys": [...]}
std::string key_set(std::initializer_list<std::string> jwks);

}  // namespace dlrgw::test
