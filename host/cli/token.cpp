// SPDX-License-Identifier: Apache-2.0
#include "cli/token.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include <boost/json.hpp>
#include <openssl/rand.h>
#include <sys/stat.h>

#include "http/auth/jose_key.hpp"
#include "http/auth/key_set.hpp"
#include "http/auth/token_text.hpp"
#include "support/unique_fd.hpp"

namespace dlrgw::host {
namespace {

namespace json = boost::json;

constexpr std::int64_t kLongestTtl = 30 * std::int64_t{86'400};

Error file_error(const std::string& file) {
  return {ErrorCode::kUnavailable, file + ": " + std::generic_category().message(errno)};
}

// Nothing: there is no such file.
std::optional<std::string> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

Status write_new(const std::string& file, std::string_view text, mode_t mode) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!fd) return file_error(file);
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(fd.get()) != 0)
    return file_error(file);
  return {};
}

// The gateway may read the file at any moment: it finds the old one or the new one.
Status replace(const std::string& file, std::string_view text) {
  const std::string fresh = file + ".new";
  std::error_code ignored;
  std::filesystem::remove(fresh, ignored);
  if (Status written = write_new(fresh, text, 0644); !written) return written;
  return std::rename(fresh.c_str(), file.c_str()) == 0 ? Status() : Status(file_error(file));
}

Result<std::string> new_kid() {
  std::array<unsigned char, 8> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) return Error{ErrorCode::kInternal, "no random numbers"};
  static constexpr char kHex[] = "0123456789abcdef";
  std::string kid = "dlr-";
  for (const unsigned char byte : bytes) kid += {kHex[byte >> 4U], kHex[byte & 15U]};
  return kid;
}

// The key set of the file with one key more; of a file that is not there, with this key alone.
Result<std::string> with_key(const std::string& file, std::string_view public_jwk) {
  json::object set{{"keys", json::array()}};
  if (const auto text = read_file(file)) {
    if (const auto known = parse_key_set(*text); !known)
      return Error{ErrorCode::kInvalid, file + " " + known.error().text + "; move it away or name another file"};
    set = json::parse(*text).as_object();
  }
  json::object key = json::parse(public_jwk).as_object();
  key["alg"] = "ES256";
  key["use"] = "sig";
  set["keys"].as_array().push_back(std::move(key));
  return json::serialize(set) + "\n";
}

}  // namespace

Result<std::string> make_token_key(const TokenKeyFiles& files) {
  std::error_code missing;
  if (std::filesystem::exists(files.key, missing))
    return Error{ErrorCode::kDenied, files.key + " exists; sign with it, or remove it and its entry in " + files.jwks};
  const Result<std::string> kid = new_kid();
  if (!kid) return kid.error();
  const Result<JoseKey> key = JoseKey::make_es256(*kid);
  if (!key) return key.error();
  const Result<std::string> secret = key->jwk(JoseKey::Members::kPrivate);
  const Result<std::string> open = key->jwk(JoseKey::Members::kPublic);
  if (!secret || !open) return (secret ? open : secret).error();
  const Result<std::string> set = with_key(files.jwks, *open);
  if (!set) return set.error();
  if (Status written = write_new(files.key, *secret, 0600); !written) return written.error();
  if (Status written = replace(files.jwks, *set); !written) return written.error();
  return files.key + ": private key " + *kid + ", for its owner only; whoever has it can make tokens\n" + files.jwks +
         ": key set with its public part\n";
}

Result<std::string> sign_token(const std::string& key_file, const TokenWish& wish, std::int64_t now_s) {
  const auto invalid = [](std::string text) { return Error{ErrorCode::kInvalid, std::move(text)}; };
  if (wish.issuer.empty() || wish.audience.empty())
    return invalid("http.jwt_issuer and http.jwt_audience are empty: the gateway would refuse every token; set both");
  if (wish.ttl_s < 1 || wish.ttl_s > kLongestTtl) return invalid("--ttl must be 1s to 30d");
  const auto text = read_file(key_file);
  if (!text) {
    Error error = file_error(key_file);
    return Error{error.code, error.text + "; dlr-gateway token init makes a key"};
  }
  const Result<JoseKey> key = JoseKey::import_jwk(*text);
  if (!key) return invalid(key_file + ": " + key.error().text);
  std::string scope;
  for (const std::string& one : wish.scopes) scope += (scope.empty() ? "" : " ") + one;
  json::object claims{{"iss", wish.issuer}, {"aud", wish.audience}, {"sub", wish.subject},      {"scope", scope},
                      {"iat", now_s},       {"nbf", now_s},         {"exp", now_s + wish.ttl_s}};
  if (!wish.account_id.empty()) claims["account_id"] = wish.account_id;
  const std::string payload = json::serialize(claims);
  const auto read = read_claims(payload, {wish.issuer, wish.audience}, static_cast<double>(now_s));
  if (!std::holds_alternative<Claims>(read))
    return invalid("the gateway would refuse this token: --account takes a UUID, --subject up to 255 plain characters");
  Result<std::string> token = key->sign_es256(payload);
  if (!token) return invalid(key_file + " " + token.error().text);
  return token;
}

}  // namespace dlrgw::host
