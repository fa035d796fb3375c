// SPDX-License-Identifier: Apache-2.0
#include "http/auth/token_verifier.hpp"

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <system_error>

#include <dlrgw/cpp/mutex.hpp>

#include "http/auth/key_set.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{256} * 1024;
constexpr double kLeewayS = 30;

Result<KeySet> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::kUnavailable, "cannot be read: " + std::generic_category().message(errno)};
  std::string text(kMaxFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxFileBytes) return Error{ErrorCode::kLimit, "is larger than 256 KiB"};
  return parse_key_set(text);
}

}  // namespace

struct TokenVerifier::Impl {
  Impl(TokenSettings chosen, const Clock& time, Logger& logger)
      : settings(std::move(chosen)), clock(time), log(logger) {}

  const TokenSettings settings;
  const Clock& clock;
  Logger& log;
  const ClaimRules rules{settings.issuer, settings.audience, kLeewayS};
  Mutex mutex;  // the keys too: libcjose does not say that keys may be shared between threads
  KeySet keys DLRGW_GUARDED_BY(mutex);

  Status load() DLRGW_REQUIRES(mutex) {
    Result<KeySet> read = read_file(settings.jwks_file);
    if (!read) return Error{read.error().code, "file " + settings.jwks_file + " " + read.error().text};
    // An empty set withdraws every key. One whose keys are all unusable is a mistake.
    if (!keys.by_kid.empty() && read->by_kid.empty() && !read->refused.empty())
      return Error{ErrorCode::kInvalid,
                   "file " + settings.jwks_file + " holds no key that can be used: " + read->refused.front()};
    keys = std::move(*read);
    for (const std::string& sentence : keys.refused)
      log.emit(Level::kWarn, "dlr.jwks.key_refused",
               {{"file", std::string_view(settings.jwks_file)}, {"reason", std::string_view(sentence)}});
    log.emit(keys.by_kid.empty() ? Level::kWarn : Level::kInfo, "dlr.jwks.loaded",
             {{"file", std::string_view(settings.jwks_file)}, {"keys", static_cast<std::int64_t>(keys.by_kid.size())}});
    return {};
  }

  std::variant<Claims, TokenFault> verify(std::string_view token) {
    auto split = split_token(token);
    if (const auto* fault = std::get_if<TokenFault>(&split)) return *fault;
    const TokenParts& parts = std::get<TokenParts>(split);
    {
      const MutexLock lock(mutex);
      const auto found = keys.by_kid.find(parts.kid);
      if (found == keys.by_kid.end()) return TokenFault::kUnknownKey;
      if (found->second.algorithm != parts.algorithm) return TokenFault::kWrongAlgorithm;
      if (!found->second.key.verifies(token)) return TokenFault::kBadSignature;
    }
    return read_claims(parts.payload, rules, static_cast<double>(clock.now_us()) / 1e6);
  }
};

TokenVerifier::TokenVerifier(TokenSettings settings, const Clock& clock, Logger& log)
    : impl_(std::make_unique<Impl>(std::move(settings), clock, log)) {
  if (impl_->settings.jwks_file.empty()) {
    log.emit(Level::kWarn, "dlr.jwks.missing",
             {{"reason", "http.jwks_file is not set, so every route that needs a token answers 401"}});
    return;
  }
  if (const Status loaded = renew(); !loaded)
    log.emit(Level::kError, "dlr.jwks.unreadable", {{"reason", std::string_view(loaded.error().text)}});
}

Status TokenVerifier::renew() {
  const MutexLock lock(impl_->mutex);
  return impl_->load();
}

TokenVerifier::~TokenVerifier() = default;

std::variant<Claims, TokenFault> TokenVerifier::verify(std::string_view token) {
  auto answer = impl_->verify(token);
  if (const auto* fault = std::get_if<TokenFault>(&answer); fault != nullptr && impl_->log.enabled(Level::kDebug))
    impl_->log.emit(Level::kDebug, "dlr.token.refused", {{"reason", to_string(*fault)}});
  return answer;
}

}  // namespace dlrgw::host
