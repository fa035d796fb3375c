// SPDX-License-Identifier: Apache-2.0
#include "http/auth/token_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "http/auth/strict_json.hpp"
#include "support/uuid.hpp"

namespace dlrgw::host {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxKidBytes = 256;
constexpr std::size_t kMaxSubjectBytes = 255;
constexpr std::array kAlgorithms{TokenAlgorithm::kHs256, TokenAlgorithm::kRs256, TokenAlgorithm::kEs256};

int digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

// nullptr: absent.
const json::value* member(const json::object& object, std::string_view name) {
  return object.if_contains({name.data(), name.size()});
}

// nullopt: absent or no text.
std::optional<std::string_view> text_member(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr) return std::nullopt;
  return std::string_view(text->data(), text->size());
}

std::optional<double> number(const json::value* value) {
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const double out = value->to_number<double>();
  return std::isfinite(out) ? std::optional(out) : std::nullopt;
}

bool plain(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  return true;
}

bool names_audience(const json::value* aud, std::string_view wanted) {
  const auto is = [&](const json::value& one) {
    const json::string* text = one.if_string();
    return text != nullptr && std::string_view(text->data(), text->size()) == wanted;
  };
  if (aud == nullptr) return false;
  if (const json::array* list = aud->if_array()) return std::any_of(list->begin(), list->end(), is);
  return is(*aud);
}

void add_scopes(std::string_view text, std::vector<std::string>& out) {
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

// "scope": "a b" (RFC 8693) and "scopes": ["a", "b"].
bool read_scopes(const json::object& object, std::vector<std::string>& out) {
  if (member(object, "scope") != nullptr) {
    const auto text = text_member(object, "scope");
    if (!text) return false;
    add_scopes(*text, out);
  }
  if (const json::value* list = member(object, "scopes")) {
    if (!list->is_array()) return false;
    for (const json::value& one : list->get_array()) {
      const json::string* text = one.if_string();
      if (text == nullptr) return false;
      add_scopes({text->data(), text->size()}, out);
    }
  }
  return true;
}

// false: of the wrong type or out of bounds.
bool read_identity(const json::object& object, Claims& out) {
  if (member(object, "sub") != nullptr) {
    const auto subject = text_member(object, "sub");
    if (!subject || subject->size() > kMaxSubjectBytes || !plain(*subject)) return false;
    out.subject = *subject;
  }
  if (member(object, "account_id") != nullptr) {
    const auto account = text_member(object, "account_id");
    auto uuid = account ? parse_uuid(*account) : std::nullopt;
    if (!uuid) return false;
    out.account_id = std::move(*uuid);
  }
  return read_scopes(object, out.scopes);
}

}  // namespace

std::string_view to_string(TokenFault fault) {
  switch (fault) {
    case TokenFault::kMalformed:
      return "malformed";
    case TokenFault::kUnknownKey:
      return "unknown_key";
    case TokenFault::kWrongAlgorithm:
      return "wrong_algorithm";
    case TokenFault::kBadSignature:
      return "bad_signature";
    case TokenFault::kBadClaims:
      return "bad_claims";
    case TokenFault::kExpired:
      return "expired";
    case TokenFault::kNotYetValid:
      return "not_yet_valid";
    case TokenFault::kWrongIssuer:
      return "wrong_issuer";
    case TokenFault::kWrongAudience:
      return "wrong_audience";
  }
  return "malformed";
}

std::string_view to_string(TokenAlgorithm algorithm) {
  switch (algorithm) {
    case TokenAlgorithm::kHs256:
      return "HS256";
    case TokenAlgorithm::kRs256:
      return "RS256";
    case TokenAlgorithm::kEs256:
      return "ES256";
  }
  return "";
}

std::optional<TokenAlgorithm> parse_algorithm(std::string_view text) {
  for (const TokenAlgorithm algorithm : kAlgorithms)
    if (text == to_string(algorithm)) return algorithm;
  return std::nullopt;
}

std::optional<std::string> decode_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const int value = digit(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count);
    bits &= (1U << count) - 1U;
  }
  if (bits != 0) return std::nullopt;
  return out;
}

std::variant<TokenParts, TokenFault> split_token(std::string_view text) {
  if (text.size() > kMaxTokenBytes) return TokenFault::kMalformed;
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos)
    return TokenFault::kMalformed;
  const auto header = decode_base64url(text.substr(0, first));
  auto payload = decode_base64url(text.substr(first + 1, second - first - 1));
  const auto signature = decode_base64url(text.substr(second + 1));
  if (!header || !payload || !signature || payload->empty()) return TokenFault::kMalformed;

  const auto value = parse_strict_json(*header);
  if (!value || !value->is_object()) return TokenFault::kMalformed;
  const json::object& object = value->get_object();
  const auto name = text_member(object, "alg");
  // crit names extensions that a reader must understand; this one understands none.
  if (!name || member(object, "crit") != nullptr) return TokenFault::kMalformed;
  const auto algorithm = parse_algorithm(*name);
  if (!algorithm) return TokenFault::kWrongAlgorithm;
  const auto kid = text_member(object, "kid");
  if (!kid || kid->empty() || kid->size() > kMaxKidBytes) return TokenFault::kUnknownKey;
  if (signature->empty()) return TokenFault::kBadSignature;
  return TokenParts{*algorithm, std::string(*kid), std::move(*payload)};
}

std::variant<Claims, TokenFault> read_claims(std::string_view payload, const ClaimRules& rules, double now_s) {
  const auto value = parse_strict_json(payload);
  if (!value || !value->is_object()) return TokenFault::kMalformed;
  const json::object& object = value->get_object();
  const auto expires = number(member(object, "exp"));
  if (!expires) return TokenFault::kBadClaims;
  if (now_s >= *expires + rules.leeway_s) return TokenFault::kExpired;
  if (const json::value* nbf = member(object, "nbf")) {
    const auto begins = number(nbf);
    if (!begins) return TokenFault::kBadClaims;
    if (now_s < *begins - rules.leeway_s) return TokenFault::kNotYetValid;
  }
  const auto issuer = text_member(object, "iss");
  if (!issuer || *issuer != rules.issuer || rules.issuer.empty()) return TokenFault::kWrongIssuer;
  if (rules.audience.empty() || !names_audience(member(object, "aud"), rules.audience))
    return TokenFault::kWrongAudience;
  Claims out;
  if (!read_identity(object, out)) return TokenFault::kBadClaims;
  return out;
}

}  // namespace dlrgw::host
