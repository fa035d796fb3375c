// SPDX-License-Identifier: Apache-2.0
#include "http/tls_context.hpp"

#include <openssl/ssl.h>

namespace dlrgw::host {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

// Forward secrecy and authenticated encryption only; TLS 1.3 has nothing else.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

int no_passphrase(char*, int, int, void*) { return 0; }  // else OpenSSL asks on the terminal

}  // namespace

Result<std::unique_ptr<ssl::context>> make_tls_context(const TlsFiles& files) {
  if (files.certificate.empty()) return std::unique_ptr<ssl::context>();
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  error_code ec;
  const auto refused = [&ec](const std::string& what, const std::string& file) {
    return Error{ErrorCode::kInvalid,
                 what + " " + file + " cannot be used: " + ec.message() + "; give PEM files that belong together"};
  };
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context->native_handle(), kCiphers);
  SSL_CTX_set_default_passwd_cb(context->native_handle(), no_passphrase);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  context->use_certificate_chain_file(files.certificate, ec);
  if (ec) return refused("HTTP certificate", files.certificate);
  context->use_private_key_file(files.key, ssl::context::pem, ec);
  if (ec) return refused("HTTP key", files.key);
  if (files.client_ca.empty()) return context;
  context->load_verify_file(files.client_ca, ec);
  if (ec) return refused("HTTP client authority", files.client_ca);
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, ec);
  if (ec) return refused("HTTP client authority", files.client_ca);
  // Without it OpenSSL refuses every resumed session of a client with a certificate.
  static constexpr unsigned char kSession[] = "dlr-gateway";
  SSL_CTX_set_session_id_context(context->native_handle(), kSession, sizeof kSession - 1);
  return context;
}

Status TlsContexts::load(const TlsFiles& files) {
  auto of_public = make_tls_context({files.certificate, files.key, {}});
  if (!of_public) return of_public.error();
  auto of_admin = make_tls_context(files);
  if (!of_admin) return of_admin.error();
  const MutexLock lock(mutex_);
  public_ = std::move(*of_public);
  admin_ = std::move(*of_admin);
  return {};
}

std::shared_ptr<ssl::context> TlsContexts::of(Listener listener) const {
  const MutexLock lock(mutex_);
  return listener == Listener::kPublic ? public_ : admin_;
}

Status check_tls_files(const TlsFiles& files) {
  const auto context = make_tls_context(files);
  return context ? Status() : Status(context.error());
}

}  // namespace dlrgw::host
