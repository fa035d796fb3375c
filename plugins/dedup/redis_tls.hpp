// SPDX-License-Identifier: Apache-2.0
// TLS towards Redis: 1.2 or newer, the server's certificate checked, a client's certificate on request. A context is
// made of files once and then read by any thread; renewed files make another one.
#pragma once
#include <memory>
#include <string>

#include <openssl/ssl.h>

namespace dlrgw::dedup {

struct RedisTlsFiles {
  std::string ca;           // PEM; empty: the system's authorities
  std::string certificate;  // PEM, with its chain; empty: none is shown
  std::string key;          // PEM, without a passphrase
};

struct FreeTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};
using TlsSession = std::unique_ptr<SSL, FreeTls>;

class RedisTls {
 public:
  // Throws std::runtime_error with a sentence that names the file and shows nothing of it.
  explicit RedisTls(const RedisTlsFiles& files);
  // A client's session over two memory buffers, which expects the certificate of this name or address.
  [[nodiscard]] TlsSession session(const std::string& host) const;

 private:
  std::unique_ptr<SSL_CTX, FreeTls> context_;
};

// Why the last call on this session failed, and what to do.
[[nodiscard]] std::string tls_failure(const SSL& session);

}  // namespace dlrgw::dedup
