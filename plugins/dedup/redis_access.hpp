// SPDX-License-Identifier: Apache-2.0
// How to get at Redis: address, user, password and certificates. What stands in files is read again for each
// connection; a file that cannot be used leaves what was read before. Owned by the plugin, shared by the lanes; any
// thread.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "redis_tls.hpp"
#include "redis_url.hpp"

namespace dlrgw::dedup {

struct RedisFiles {
  std::string password;  // empty: what the URL says
  RedisTlsFiles tls;
};

class RedisAccess {
 public:
  // Gets the option and a sentence when what stands in its file cannot be used, once for each trouble.
  using Warn = std::function<void(std::string_view option, std::string_view sentence)>;
  // Throws std::runtime_error, "option: sentence", when a file cannot be used now. Nothing secret is in it.
  RedisAccess(RedisUrl url, RedisFiles files, Warn warn);

  [[nodiscard]] const RedisUrl& url() const { return url_; }
  // In the order in which to try them: as it stands in the file now, then the one that Redis took last where that is
  // another one. Empty: no login.
  [[nodiscard]] std::vector<std::string> passwords();
  void taken(const std::string& password);
  // Null: in the clear.
  [[nodiscard]] std::shared_ptr<const RedisTls> tls();

 private:
  void warn_once(std::string& told, std::string_view option, const std::string& sentence) DLRGW_REQUIRES(mutex_);

  const RedisUrl url_;
  const RedisFiles files_;
  const Warn warn_;
  Mutex mutex_;
  std::string newest_ DLRGW_GUARDED_BY(mutex_);
  std::string taken_ DLRGW_GUARDED_BY(mutex_);  // empty: none yet
  std::shared_ptr<const RedisTls> tls_ DLRGW_GUARDED_BY(mutex_);
  std::string stamp_ DLRGW_GUARDED_BY(mutex_);  // of the files that tls_ was made of, or that were refused
  // The trouble that was told of last; empty: none.
  std::string told_password_ DLRGW_GUARDED_BY(mutex_);
  std::string told_refused_ DLRGW_GUARDED_BY(mutex_);
  std::string told_tls_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::dedup
