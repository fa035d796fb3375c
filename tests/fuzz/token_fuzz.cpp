// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the token's way from bytes to claims: the strict parser, libcjose behind it, the key set. The input is
// taken as a whole token, as a payload, as a header and as a key set.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/auth/key_set.hpp"
#include "http/auth/token_text.hpp"
#include "http/testing/token_forge.hpp"

namespace {

using namespace dlrgw::host;

void require(bool holds) {
  if (!holds) std::abort();
}

const KeySet& keys() {
  static const KeySet* set = [] {
    using dlrgw::test::SigningKey;
    auto parsed = parse_key_set(dlrgw::test::key_set({SigningKey::secret("hs", std::string(32, 's')).jwk(),
                                                      SigningKey::rsa("rs").jwk(), SigningKey::ec("es").jwk()}));
    require(static_cast<bool>(parsed) && parsed->by_kid.size() == 3);
    return new KeySet(std::move(*parsed));
  }();
  return *set;
}

// Nobody but the fuzzer signs here: only the secret's own signature may verify, and none of the input's does.
void check_token(std::string_view token) {
  const auto split = split_token(token);
  const auto* parts = std::get_if<TokenParts>(&split);
  if (parts == nullptr) return;
  require(token.size() <= kMaxTokenBytes && !parts->kid.empty() && !parts->payload.empty());
  const auto found = keys().by_kid.find(parts->kid);
  for (const auto& [kid, key] : keys().by_kid) require(!key.key.verifies(token));
  require(found == keys().by_kid.end() || found->first == parts->kid);
}

void check_claims(std::string_view payload) {
  const auto read = read_claims(payload, {"i", "a", 30}, 1.9e9);
  const auto* claims = std::get_if<Claims>(&read);
  if (claims == nullptr) return;
  require(claims->subject.size() <= 255);
  require(claims->account_id.empty() || claims->account_id.size() == 36);
  for (const std::string& scope : claims->scopes) require(!scope.empty() && scope.find(' ') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dlrgw::test::base64url;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_token(input);
  check_claims(input);
  const std::string half = base64url(input.substr(0, size / 2)) + "." + base64url(input.substr(size / 2));
  check_token(half + "." + base64url(std::string(64, '\1')));
  const std::string_view signature = input.substr(0, size < 300 ? size : 300);
  for (const char* header :
       {R"({"alg":"HS256","kid":"hs"})", R"({"alg":"RS256","kid":"rs"})", R"({"alg":"ES256","kid":"es"})"})
    check_token(base64url(header) + "." + base64url("{}") + "." + base64url(signature));
  if (const auto set = parse_key_set(input)) require(set->by_kid.size() + set->refused.size() <= 64);
  return 0;
}
