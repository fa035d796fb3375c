// SPDX-License-Identifier: Apache-2.0
#include "http/auth/key_set.hpp"

#include <boost/json/serialize.hpp>

#include "http/auth/strict_json.hpp"
#include "telemetry/json_text.hpp"

namespace dlrgw::host {
namespace {

namespace json = boost::json;

constexpr std::size_t kMinSecretBytes = 32;    // of SHA-256's output, RFC 7518 §3.2
constexpr std::size_t kMinModulusBytes = 256;  // 2048 bits, RFC 7518 §3.3
constexpr std::size_t kMaxModulusBytes = 1024;
constexpr std::size_t kMaxKeys = 64;
constexpr std::size_t kMaxKidBytes = 256;

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

Error refused(const std::string& what) { return Error{ErrorCode::kInvalid, what}; }

// Octets of a base64url member without leading zeros; 0 when it is none.
std::size_t octets(const json::object& key, std::string_view name) {
  const auto bytes = decode_base64url(text_of(key, name));
  if (!bytes) return 0;
  const std::size_t first = bytes->find_first_not_of('\0');
  return first == std::string::npos ? 0 : bytes->size() - first;
}

// The key's kind must be the algorithm's: an RSA key that verified HS256 would make its public half the secret.
Status check_kind(const json::object& key, TokenAlgorithm algorithm) {
  const std::string kind = text_of(key, "kty");
  const auto needs = [&](std::string_view wanted) -> Status {
    if (kind == wanted) return {};
    return refused("its alg " + std::string(to_string(algorithm)) + " needs kty " + std::string(wanted));
  };
  switch (algorithm) {
    case TokenAlgorithm::kHs256: {
      if (Status ok = needs("oct"); !ok) return ok;
      const auto secret = decode_base64url(text_of(key, "k"));
      if (!secret || secret->size() < kMinSecretBytes)
        return refused("its secret k has fewer than 32 bytes of base64url");
      return {};
    }
    case TokenAlgorithm::kRs256: {
      if (Status ok = needs("RSA"); !ok) return ok;
      const std::size_t size = octets(key, "n");
      if (size < kMinModulusBytes || size > kMaxModulusBytes)
        return refused("its modulus n must have 2048 to 8192 bits");
      if (octets(key, "e") == 0) return refused("its exponent e is missing");
      return {};
    }
    case TokenAlgorithm::kEs256: {
      if (Status ok = needs("EC"); !ok) return ok;
      if (text_of(key, "crv") != "P-256") return refused("its alg ES256 needs crv P-256");
      if (octets(key, "x") == 0 || octets(key, "y") == 0) return refused("its point x, y is missing");
      return {};
    }
  }
  return refused("its alg is unknown");
}

bool for_signatures(const json::object& key) {
  if (const json::value* use = key.if_contains("use"); use != nullptr && *use != json::value("sig")) return false;
  const json::value* ops = key.if_contains("key_ops");
  if (ops == nullptr) return true;
  if (!ops->is_array()) return false;
  const auto& list = ops->get_array();
  return std::find(list.begin(), list.end(), json::value("verify")) != list.end();
}

// Only what verification needs: private members of a careless file stay out of the process.
std::string public_part(const json::object& key) {
  json::object out;
  for (const char* name : {"kty", "k", "n", "e", "crv", "x", "y"})
    if (const json::value* value = key.if_contains(name)) out.emplace(name, *value);
  return json::serialize(out);
}

Result<VerificationKey> read_key(const json::object& key) {
  const std::string name = text_of(key, "alg");
  if (name.empty()) return refused("it has no alg; add \"alg\": \"RS256\", \"ES256\" or \"HS256\" to pin it");
  const auto algorithm = parse_algorithm(name);
  if (!algorithm) return refused("its alg is none of RS256, ES256 and HS256");
  if (!for_signatures(key)) return refused("its use or key_ops does not allow to verify signatures");
  if (Status fits = check_kind(key, *algorithm); !fits) return fits.error();
  Result<JoseKey> imported = JoseKey::import_jwk(public_part(key));
  if (!imported) return imported.error();
  return VerificationKey{*algorithm, std::move(*imported)};
}

}  // namespace

Result<KeySet> parse_key_set(std::string_view text) {
  const auto value = parse_strict_json(text);
  const json::object* set = value ? value->if_object() : nullptr;
  const json::value* keys = set == nullptr ? nullptr : set->if_contains("keys");
  if (keys == nullptr || !keys->is_array())
    return Error{ErrorCode::kInvalid, "is no JSON Web Key Set; it must be one object with an array \"keys\""};
  if (keys->get_array().size() > kMaxKeys)
    return Error{ErrorCode::kLimit, "holds more than " + std::to_string(kMaxKeys) + " keys"};
  KeySet out;
  std::size_t index = 0;
  for (const json::value& one : keys->get_array()) {
    const std::string place = "keys[" + std::to_string(index++) + "]";
    const json::object* key = one.if_object();
    const std::string kid = key == nullptr ? std::string() : text_of(*key, "kid");
    if (kid.empty() || kid.size() > kMaxKidBytes) {
      out.refused.push_back(place + ": it has no kid of 1 to 256 bytes");
      continue;
    }
    std::string label = place + " ";
    append_json_string(label, kid);
    Result<VerificationKey> read = read_key(*key);
    if (!read) {
      out.refused.push_back(label + ": " + read.error().text);
    } else if (!out.by_kid.emplace(kid, std::move(*read)).second) {
      out.refused.push_back(label + ": its kid is taken by an earlier key");
    }
  }
  return out;
}

}  // namespace dlrgw::host
