// SPDX-License-Identifier: Apache-2.0
#include "security/nats_account.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <openssl/evp.h>

#include "http/testing/token_forge.hpp"

namespace dlrgw::test {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// https://docs.nats.io/reference/reference-protocols/nkeys: prefix, key, CRC-16, in base 32.
constexpr std::uint8_t kOperator = 14U << 3U;
constexpr std::uint8_t kAccount = 0;
constexpr std::uint8_t kUser = 20U << 3U;
constexpr std::uint8_t kSeed = 18U << 3U;
constexpr std::size_t kKeyBytes = 32;
constexpr const char* kForEver = "4000000000";  // what was issued before is revoked; a Unix time

// RFC 4648, section 6, without padding.
std::string base32(const Bytes& bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t held = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    held = (held << 8U) | byte;
    count += 8;
    for (; count >= 5; count -= 5) out += kAlphabet[(held >> (count - 5)) & 31U];
  }
  if (count > 0) out += kAlphabet[(held << (5 - count)) & 31U];
  return out;
}

std::string nkey(Bytes bytes) {
  std::uint32_t crc = 0;
  for (const std::uint8_t byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte) << 8U;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? ((crc << 1U) ^ 0x1021U) & 0xFFFFU : crc << 1U;
  }
  bytes.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  bytes.push_back(static_cast<std::uint8_t>(crc >> 8U));
  return base32(bytes);
}

class Identity {
 public:
  explicit Identity(std::uint8_t kind)
      : kind_(kind), key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free) {
    if (!key_) throw std::runtime_error("no Ed25519 key");
  }
  [[nodiscard]] std::string id() const {
    Bytes bytes{kind_};
    append(bytes, EVP_PKEY_get_raw_public_key);
    return nkey(bytes);
  }
  [[nodiscard]] std::string seed() const {
    Bytes bytes{static_cast<std::uint8_t>(kSeed | (kind_ >> 5U)), static_cast<std::uint8_t>((kind_ & 31U) << 3U)};
    append(bytes, EVP_PKEY_get_raw_private_key);
    return nkey(bytes);
  }
  [[nodiscard]] std::string jwt(const std::string& subject, const std::string& name, const std::string& claims) const {
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    const std::string text =
        base64url(R"({"typ":"JWT","alg":"ed25519-nkey"})") + "." +
        base64url(R"({"jti":"test","iat":)" + std::to_string(now.count()) + R"(,"iss":")" + id() + R"(","name":")" +
                  name + R"(","sub":")" + subject + R"(","nats":)" + claims + "}");
    std::array<unsigned char, 64> signature{};
    std::size_t size = signature.size();
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, reinterpret_cast<const unsigned char*>(text.data()),
                       text.size()) != 1)
      throw std::runtime_error("no signature");
    return text + "." + base64url(std::string(signature.begin(), signature.end()));
  }

 private:
  void append(Bytes& to, int (*read)(const EVP_PKEY*, unsigned char*, std::size_t*)) const {
    std::array<unsigned char, kKeyBytes> raw{};
    std::size_t size = raw.size();
    if (read(key_.get(), raw.data(), &size) != 1) throw std::runtime_error("no raw key");
    to.insert(to.end(), raw.begin(), raw.end());
  }
  std::uint8_t kind_;
  Key key_;
};

}  // namespace

struct NatsAccount::Impl {
  Identity the_operator{kOperator}, account{kAccount};
  // Made once: a server that runs takes no other.
  const std::string operator_jwt =
      the_operator.jwt(the_operator.id(), "operator", R"({"type":"operator","version":2})");
  std::map<std::string, std::string> users;  // credentials → public key
  std::vector<std::string> revoked;          // public keys
};

NatsAccount::NatsAccount() : impl_(std::make_unique<Impl>()) {}
NatsAccount::~NatsAccount() = default;

std::string NatsAccount::id() const { return impl_->account.id(); }

std::string NatsAccount::trust() const {
  std::string revocations;
  for (const std::string& key : impl_->revoked)
    revocations.append(revocations.empty() ? "" : ",").append("\"" + key + "\":" + kForEver);
  const std::string account_jwt = impl_->the_operator.jwt(
      id(), "account",
      R"({"type":"account","version":2,"limits":{"subs":-1,"data":-1,"payload":-1,"imports":-1,"exports":-1,)"
      R"("wildcards":true,"conn":-1,"leaf":-1},"revocations":{)" +
          revocations + "}}");
  return "operator: " + impl_->operator_jwt + "\nresolver: MEMORY\nresolver_preload: { " + id() + ": " + account_jwt +
         " }\n";
}

std::string NatsAccount::new_credentials() {
  const Identity user(kUser);
  std::string out = "-----BEGIN NATS USER JWT-----\n" +
                    impl_->account.jwt(user.id(), "dlr-processor",
                                       R"({"type":"user","version":2,"subs":-1,"data":-1,"payload":-1})") +
                    "\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n" + user.seed() +
                    "\n------END USER NKEY SEED------\n";
  impl_->users[out] = user.id();
  return out;
}

void NatsAccount::revoke(const std::string& credentials) { impl_->revoked.push_back(impl_->users.at(credentials)); }

}  // namespace dlrgw::test
