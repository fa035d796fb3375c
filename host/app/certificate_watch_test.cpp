// SPDX-License-Identifier: Apache-2.0
#include "app/certificate_watch.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <unistd.h>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace dlrgw::host {
namespace {

class CertificateWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "certificates-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ + "/chain.pem";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Appends a self-signed certificate that ends then.
  void append(std::int64_t expires) const {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    ASSERT_NE(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), 0), nullptr);
    ASSERT_NE(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), static_cast<time_t>(expires)), nullptr);
    ASSERT_EQ(X509_set_pubkey(certificate.get(), key.get()), 1);
    ASSERT_NE(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(file_.c_str(), "a"), std::fclose);
    ASSERT_EQ(PEM_write_X509(out.get(), certificate.get()), 1);
  }

  std::string folder_, file_;
};

TEST_F(CertificateWatchTest, AChainLastsAsLongAsItsShortestCertificate) {
  append(1'900'000'000);
  EXPECT_EQ(certificate_expiry(file_), 1'900'000'000);
  append(1'800'000'000);
  append(2'000'000'000);
  EXPECT_EQ(certificate_expiry(file_), 1'800'000'000);
}

TEST_F(CertificateWatchTest, AFileWithoutACertificateSaysNothing) {
  EXPECT_EQ(certificate_expiry(file_), std::nullopt);
  std::ofstream(file_) << "no certificate\n";
  EXPECT_EQ(certificate_expiry(file_), std::nullopt);
}

TEST_F(CertificateWatchTest, TellsOfThoseThatAreConfigured) {
  append(1'900'000'000);
  Config config;
  config.http.tls_cert = file_;
  config.nats.tls_ca = folder_ + "/missing";
  Metrics metrics({});
  HostMetrics host_metrics(metrics);
  CertificateWatch(config, host_metrics).tell();
  const std::string page = metrics.expose();
  EXPECT_NE(page.find("dlr_certificate_expires_timestamp_seconds{certificate=\"http\"} 1900000000"), std::string::npos);
  EXPECT_EQ(page.find("certificate=\"nats_ca\""), std::string::npos);
}

}  // namespace
}  // namespace dlrgw::host
