// SPDX-License-Identifier: Apache-2.0
// TLS of the listeners: TLS 1.2 and newer, the server's certificate and, optionally for the admin listener, the
// authority that must have signed the clients' certificates. A context is read by any thread and never changed: renewed
// files make another one.
#pragma once
#include <memory>

#include <boost/asio/ssl/context.hpp>

#include <dlrgw/cpp/mutex.hpp>

#include "http/router.hpp"
#include "http/tls_files.hpp"

namespace dlrgw::host {

// Null without a certificate. An error names the file and never shows what is in it.
Result<std::unique_ptr<boost::asio::ssl::context>> make_tls_context(const TlsFiles& files);

// The contexts of the two listeners, of the same certificate. [any]
class TlsContexts {
 public:
  // Reads the files; both contexts are replaced, or none. Connections that are open keep what they began with.
  // client_ca of `files` is the admin listener's.
  Status load(const TlsFiles& files);
  // Null: in the clear.
  [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> of(Listener listener) const;

 private:
  mutable Mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> public_ DLRGW_GUARDED_BY(mutex_);
  std::shared_ptr<boost::asio::ssl::context> admin_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::host
