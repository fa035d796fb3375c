// SPDX-License-Identifier: Apache-2.0
#include "redis_tls.hpp"

#include <new>
#include <stdexcept>
#include <string_view>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace dlrgw::dedup {
namespace {

std::string openssl_says() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "the connection was cut" : reason;
}

[[noreturn]] void refuse(std::string_view key, const std::string& file) {
  throw std::runtime_error(std::string(key) + ": " + file + " cannot be used: " + openssl_says());
}

int no_passphrase(char*, int, int, void*) { return 0; }  // else OpenSSL asks on the terminal

bool is_address(const std::string& host) {
  unsigned char binary[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), binary) == 1 || inet_pton(AF_INET6, host.c_str(), binary) == 1;
}

}  // namespace

RedisTls::RedisTls(const RedisTlsFiles& files) : context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_) throw std::runtime_error("redis_tls_ca: TLS is not to be had: " + openssl_says());
  SSL_CTX* context = context_.get();
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (files.ca.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_locations(context, files.ca.c_str(), nullptr) != 1) {
    refuse("redis_tls_ca", files.ca);
  }
  if (files.certificate.empty()) return;
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    refuse("redis_tls_cert", files.certificate);
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    refuse("redis_tls_key", files.key);
}

TlsSession RedisTls::session(const std::string& host) const {
  ERR_clear_error();
  TlsSession out(SSL_new(context_.get()));
  if (!out) throw std::bad_alloc();
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(out.get()), host.c_str());
  } else {
    SSL_set_tlsext_host_name(out.get(), host.c_str());
    SSL_set1_host(out.get(), host.c_str());
  }
  SSL_set_bio(out.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  return out;
}

std::string tls_failure(const SSL& session) {
  const unsigned long code = ERR_peek_error();
  if (const long verdict = SSL_get_verify_result(&session); verdict != X509_V_OK) {
    ERR_clear_error();
    return std::string("the certificate of the server is not accepted: ") + X509_verify_cert_error_string(verdict) +
           "; correct redis_tls_ca or the host in redis_url";
  }
  std::string said = openssl_says();
  switch (ERR_GET_REASON(code)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return "the server speaks no TLS at this port; write redis:// or its TLS port";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return "the server refuses our certificate (" + said +
             "); set redis_tls_cert and redis_tls_key to one that it takes";
    default:
      return said;
  }
}

}  // namespace dlrgw::dedup
