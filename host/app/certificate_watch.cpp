// SPDX-License-Identifier: Apache-2.0
#include "app/certificate_watch.hpp"

#include <algorithm>
#include <ctime>
#include <memory>

#include <openssl/pem.h>
#include <openssl/x509.h>

namespace dlrgw::host {
namespace {

constexpr std::chrono::minutes kEvery{1};

}  // namespace

std::optional<std::int64_t> certificate_expiry(const std::string& file) {
  const std::unique_ptr<BIO, int (*)(BIO*)> in(BIO_new_file(file.c_str(), "r"), BIO_free);
  std::optional<std::int64_t> first;
  while (in) {
    const std::unique_ptr<X509, void (*)(X509*)> certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr),
                                                             X509_free);
    std::tm until{};
    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &until) != 1) break;
    const std::int64_t at = timegm(&until);
    first = std::min(first.value_or(at), at);
  }
  return first;
}

CertificateWatch::CertificateWatch(const Config& config, HostMetrics& metrics) : metrics_(metrics) {
  for (File file : {File{"http", config.http.tls_cert}, File{"http_client_ca", config.http.admin_client_ca},
                    File{"nats", config.nats.tls_cert}, File{"nats_ca", config.nats.tls_ca}})
    if (!file.path.empty()) files_.push_back(std::move(file));
}

void CertificateWatch::tell() {
  const auto now = std::chrono::steady_clock::now();
  if (told_at_ && now - *told_at_ < kEvery) return;
  told_at_ = now;
  for (const File& file : files_)
    if (const auto at = certificate_expiry(file.path))
      metrics_.certificate_expires(file.name, static_cast<double>(*at));
}

}  // namespace dlrgw::host
