// SPDX-License-Identifier: Apache-2.0
// Tokens at the running gateway: closed metrics, the key set file and its rotation, requests that are no requests.
#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/token_forge.hpp"
#include "integration/stories_support.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string payload(const std::string& scope) {
  return R"({"iss":"https://issuer.test","aud":"dlr-gateway","sub":"prometheus","exp":4000000000,"scope":")" + scope +
         "\"}";
}

class HttpAuth : public testing::Test {
 protected:
  static ScenarioOptions options(const std::string& jwks_file) {
    ScenarioOptions out;
    out.gateway.config_text = shipped_config({{"metrics_open = true", "metrics_open = false"}});
    out.gateway.env["DLRGW_JWKS_FILE"] = jwks_file;
    out.gateway.env["DLRGW_JWT_ISSUER"] = "https://issuer.test";
    out.gateway.env["DLRGW_JWT_AUDIENCE"] = "dlr-gateway";
    return out;
  }
  int scrape(Scenario& s, const std::string& authorization) {
    HttpRequest request{"GET", "/metrics", {}, {}};
    if (!authorization.empty()) request.headers["Authorization"] = authorization;
    reply_ = http_send(s.gateway().admin_address(), request);
    return reply_.status;
  }
  TempDir dir_;
  HttpReply reply_;
};

TEST_F(HttpAuth, ClosedMetricsNeedATokenOfAKnownKey) {
  const SigningKey old_key = SigningKey::rsa("2026-01");
  const SigningKey new_key = SigningKey::ec("2026-02");
  const std::string file = dir_.write_file("jwks.json", key_set({old_key.jwk()}));
  Scenario s(options(file));
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready());

  EXPECT_EQ(scrape(s, ""), 401);
  EXPECT_EQ(reply_.headers["www-authenticate"], "Bearer");
  EXPECT_EQ(reply_.headers["content-type"], "application/problem+json");
  EXPECT_EQ(scrape(s, "Bearer " + old_key.token(R"({"alg":"none","kid":"2026-01"})", payload("dlr:metrics"))), 401);
  const SigningKey confused = SigningKey::secret("2026-01", old_key.public_pem());
  EXPECT_EQ(scrape(s, "Bearer " + confused.token(payload("dlr:metrics"))), 401);
  EXPECT_EQ(scrape(s, "Bearer " + old_key.token(payload("dlr:pii"))), 403);
  EXPECT_EQ(scrape(s, "Bearer " + old_key.token(payload("dlr:metrics"))), 200);
  EXPECT_THAT(reply_.body, HasSubstr("dlr_nats_consumer_status 1"));
  EXPECT_EQ(s.gateway().get("/live").status, 200);

  EXPECT_EQ(scrape(s, "Bearer " + new_key.token(payload("dlr:admin"))), 401);
  std::filesystem::rename(dir_.write_file("jwks.new", key_set({new_key.jwk()})), file);
  EXPECT_TRUE(eventually([&] { return scrape(s, "Bearer " + new_key.token(payload("dlr:admin"))) == 200; }));
  EXPECT_EQ(scrape(s, "Bearer " + old_key.token(payload("dlr:metrics"))), 401) << "withdrawn";
  for (const std::string& line : s.gateway().logs()) EXPECT_THAT(line, Not(HasSubstr("eyJ"))) << "no token in a log";
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST_F(HttpAuth, WithoutKeySetEveryClosedRouteAnswers401) {
  Scenario s(options(""));
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready());
  EXPECT_EQ(scrape(s, "Bearer " + SigningKey::secret("k").token(payload("dlr:metrics"))), 401);
  EXPECT_EQ(s.gateway().logs("dlr.jwks.missing").size(), 1U);
}

}  // namespace
}  // namespace dlrgw::test
