// SPDX-License-Identifier: Apache-2.0
// Attacks on the admin listener of the running gateway: every forged token and every malformed request has its exact
// answer, changes nothing, and the gateway goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/raw_client.hpp"
#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using host::http_test::RawClient;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kTarget = "/v1/admin/stages/dedup.fingerprint/disable";

std::string with_claim(const std::string& name, const std::string& json) {
  JsonObject out;
  const std::pair<const char*, const char*> right[] = {{"iss", R"("https://issuer.test")"},
                                                       {"aud", R"("dlr-gateway")"},
                                                       {"exp", "4000000000"},
                                                       {"scope", R"("dlr:admin")"},
                                                       {"sub", R"("mallory")"}};
  for (const auto& [claim, value] : right)
    if (name != claim) out.raw(claim, value);
  if (!json.empty()) out.raw(name, json);
  return out.str();
}

std::string parts(const std::string& token, const std::string& header, const std::string& payload,
                  const std::string& signature) {
  const auto first = token.find('.');
  const auto second = token.rfind('.');
  return (header.empty() ? token.substr(0, first) : header) + "." +
         (payload.empty() ? token.substr(first + 1, second - first - 1) : payload) + "." +
         (signature == "=" ? token.substr(second + 1) : signature);
}

class AdminTokens : public testing::Test {
 protected:
  AdminTokens() {
    ScenarioOptions options;
    options.gateway.env["DLRGW_JWKS_FILE"] =
        dir_.write_file("jwks.json", key_set({rsa_.jwk(), ec_.jwk(), secret_.jwk()}));
    options.gateway.env["DLRGW_JWT_ISSUER"] = "https://issuer.test";
    options.gateway.env["DLRGW_JWT_AUDIENCE"] = "dlr-gateway";
    s_ = std::make_unique<Scenario>(std::move(options));
  }
  [[nodiscard]] std::uint16_t port(const std::string& address) const {
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  [[nodiscard]] std::uint16_t admin_port() const { return port(s_->gateway().admin_address()); }
  HttpReply ask(const std::string& method, const std::map<std::string, std::string>& headers) {
    return http_send(s_->gateway().admin_address(),
                     {method, method == "GET" ? "/v1/admin/jobs" : kTarget, headers, {}});
  }
  std::string raw(const std::string& request) const {
    RawClient client(admin_port());
    client.send(request);
    return client.response();
  }
  void expect_untouched() {
    EXPECT_THAT(audit_rows(*s_), IsEmpty());
    const auto header = std::map<std::string, std::string>{{"Authorization", "Bearer " + ec_.token(good_)}};
    const HttpReply pipeline = http_send(s_->gateway().admin_address(), {"GET", "/v1/admin/pipeline", header, {}});
    EXPECT_EQ(json_field(pipeline.body, "generation"), "1") << pipeline.status;
    EXPECT_EQ(s_->gateway().get("/ready").status, 200);
    for (const std::string& line : s_->gateway().logs()) {
      EXPECT_THAT(line, Not(HasSubstr("eyJ"))) << "no token in a log";
      EXPECT_THAT(line, Not(HasSubstr("\"level\":\"error\"")));
    }
  }

  TempDir dir_;
  const SigningKey rsa_ = SigningKey::rsa("rsa-1");
  const SigningKey ec_ = SigningKey::ec("ec-1");
  const SigningKey secret_ = SigningKey::secret("hmac-1");
  const std::string good_ = with_claim("", "");
  std::unique_ptr<Scenario> s_;
};

TEST_F(AdminTokens, TheAttackTable) {
  ASSERT_TRUE(started(*s_));
  const std::string ec = ec_.token(good_);
  const std::string rsa = rsa_.token(good_);
  const SigningKey stranger = SigningKey::ec("ec-1");
  const SigningKey unknown = SigningKey::ec("ec-2");
  const SigningKey confused = SigningKey::secret("rsa-1", rsa_.public_pem());
  const SigningKey confused_raw = SigningKey::secret("rsa-1", rsa_.modulus());
  const std::string none = base64url(R"({"alg":"none","kid":"ec-1"})");
  struct Case {
    const char* name;
    std::string authorization;
    int status;
  };
  const auto bearer = [](const std::string& token) { return "Bearer " + token; };
  const Case cases[] = {
      {"none at all", "", 401},
      {"empty", "Bearer ", 401},
      {"another scheme", "Basic b3BzOm9wcw==", 401},
      {"the token without its scheme", ec, 401},
      {"no token", bearer("let-me-in"), 401},
      {"three empty parts", bearer(".."), 401},
      {"two parts", bearer(ec.substr(0, ec.rfind('.'))), 401},
      {"four parts", bearer(ec + ".AAAA"), 401},
      {"expired", bearer(ec_.token(with_claim("exp", "1700000000"))), 401},
      {"no exp", bearer(ec_.token(with_claim("exp", ""))), 401},
      {"exp as text", bearer(ec_.token(with_claim("exp", R"("4000000000")"))), 401},
      {"exp beyond numbers", bearer(ec_.token(with_claim("exp", "1e999"))), 401},
      {"not yet valid", bearer(ec_.token(with_claim("nbf", "3900000000"))), 401},
      {"wrong issuer", bearer(ec_.token(with_claim("iss", R"("https://issuer.test.evil")"))), 401},
      {"no issuer", bearer(ec_.token(with_claim("iss", ""))), 401},
      {"wrong audience", bearer(ec_.token(with_claim("aud", R"("other-service")"))), 401},
      {"wrong audiences", bearer(ec_.token(with_claim("aud", R"(["other-service","dlr-gateway2"])"))), 401},
      {"no audience", bearer(ec_.token(with_claim("aud", ""))), 401},
      {"alg none, no signature", bearer(parts(ec, none, "", "")), 401},
      {"alg none, old signature", bearer(parts(ec, none, "", "=")), 401},
      {"alg None", bearer(parts(ec, base64url(R"({"alg":"None","kid":"ec-1"})"), "", "")), 401},
      {"HS256 with the RSA public key as PEM", bearer(confused.token(good_)), 401},
      {"HS256 with the RSA modulus", bearer(confused_raw.token(good_)), 401},
      {"RS256 header over an EC key", bearer(rsa_.token(R"({"alg":"RS256","kid":"ec-1"})", good_)), 401},
      {"ES256 header over an HMAC key", bearer(ec_.token(R"({"alg":"ES256","kid":"hmac-1"})", good_)), 401},
      {"tampered payload", bearer(parts(ec, "", base64url(with_claim("sub", R"("root")")), "=")), 401},
      {"tampered header", bearer(parts(ec, base64url(R"({"alg":"ES256","kid":"ec-1","x":1})"), "", "=")), 401},
      {"another token's signature",
       bearer(parts(ec, "", "",
                    ec_.token(with_claim("exp", "1")).substr(ec_.token(with_claim("exp", "1")).rfind('.') + 1))),
       401},
      {"a signature of zeros", bearer(parts(ec, "", "", base64url(std::string(64, '\0')))), 401},
      {"half a signature", bearer(ec.substr(0, ec.size() - 40)), 401},
      {"signed by a stranger under a known kid", bearer(stranger.token(good_)), 401},
      {"an unknown kid", bearer(unknown.token(good_)), 401},
      {"no kid", bearer(ec_.token(R"({"alg":"ES256"})", good_)), 401},
      {"a kid that is a path", bearer(ec_.token(R"({"alg":"ES256","kid":"../../dev/null"})", good_)), 401},
      {"its own key in the header",
       bearer(stranger.token(R"({"alg":"ES256","kid":"ec-1","jwk":)" + stranger.jwk() + "}", good_)), 401},
      {"a critical extension", bearer(ec_.token(R"({"alg":"ES256","kid":"ec-1","crit":["b64"],"b64":false})", good_)),
       401},
      {"claims twice",
       bearer(ec_.token(R"({"iss":"https://issuer.test","aud":"dlr-gateway","exp":1,"exp":4000000000})")), 401},
      {"claims that are no object", bearer(ec_.token("[]")), 401},
      {"no scope", bearer(ec_.token(with_claim("scope", ""))), 403},
      {"another scope", bearer(ec_.token(with_claim("scope", R"("dlr:metrics dlr:pii")"))), 403},
      {"a longer scope", bearer(ec_.token(with_claim("scope", R"("dlr:admin2 xdlr:admin")"))), 403},
      {"a scope in capitals", bearer(ec_.token(with_claim("scope", R"("DLR:ADMIN")"))), 403},
  };
  for (const char* method : {"GET", "POST"}) {
    for (const Case& c : cases) {
      SCOPED_TRACE(std::string(method) + ": " + c.name);
      std::map<std::string, std::string> headers;
      if (!c.authorization.empty()) headers["Authorization"] = c.authorization;
      const HttpReply reply = ask(method, headers);
      EXPECT_EQ(reply.status, c.status) << reply.body;
      EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
      EXPECT_EQ(reply.headers.contains("www-authenticate"), c.status == 401);
    }
  }
  EXPECT_EQ(raw("GET /v1/admin/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ec + "\r\nAuthorization: Bearer " +
                rsa + "\r\n\r\n")
                .substr(0, 12),
            "HTTP/1.1 401")
      << "two tokens";
  expect_untouched();
  const auto denied = s_->gateway().logs("dlr.http.denied");
  ASSERT_FALSE(denied.empty()) << "who is known and tries what they may not is told";
  EXPECT_EQ(json_field(denied[0], "subject"), "mallory");
  EXPECT_EQ(json_field(denied[0], "path"), "/v1/admin/jobs");
  EXPECT_LE(denied.size(), 5U) << "not once per request";
  for (const SigningKey* key : {&rsa_, &ec_, &secret_})
    EXPECT_EQ(ask("GET", {{"Authorization", "Bearer " + key->token(good_)}}).status, 200) << key->algorithm();
}

TEST_F(AdminTokens, CookiesServeReadsAndForeignPagesNothing) {
  ASSERT_TRUE(started(*s_));
  const std::string token = ec_.token(good_);
  EXPECT_EQ(ask("GET", {{"Cookie", "dlr_token=" + token}}).status, 200);
  EXPECT_EQ(ask("POST", {{"Cookie", "dlr_token=" + token}}).status, 401);
  EXPECT_EQ(ask("GET", {{"Cookie", "dlr_token=" + token + "; dlr_token=" + token}}).status, 401);
  EXPECT_EQ(ask("POST", {{"Authorization", "Bearer " + token}, {"Origin", "https://evil.test"}}).status, 403);
  EXPECT_EQ(ask("POST", {{"Authorization", "Bearer " + token}, {"Origin", "null"}}).status, 403);
  expect_untouched();
}

TEST_F(AdminTokens, NoAdminRouteIsOpenOrPublic) {
  ASSERT_TRUE(started(*s_));
  const std::pair<const char*, const char*> routes[] = {
      {"GET", "/v1/admin/pipeline"},
      {"GET", "/v1/admin/plugins"},
      {"GET", "/v1/admin/jobs"},
      {"POST", "/v1/admin/jobs/outbox.relay/run"},
      {"POST", "/v1/admin/dlr/parse"},
      {"POST", "/v1/admin/stages/normalise/disable"},
      {"POST", "/v1/admin/stages/normalise/enable"},
      {"POST", "/v1/admin/plugins/dedup/disable"},
      {"POST", "/v1/admin/plugins/dedup/enable"},
      {"POST", "/v1/admin/reload"},
      {"POST", "/v1/admin/dlr/rejected/SMS_DLR/1/resubmit"},
  };
  const std::map<std::string, std::string> metrics_only{
      {"Authorization", "Bearer " + ec_.token(with_claim("scope", R"("dlr:metrics")"))}};
  const std::map<std::string, std::string> all{{"Authorization", "Bearer " + ec_.token(good_)}};
  for (const auto& [method, target] : routes) {
    SCOPED_TRACE(std::string(method) + " " + target);
    EXPECT_EQ(http_send(s_->gateway().admin_address(), {method, target, {}, {}}).status, 401);
    EXPECT_EQ(http_send(s_->gateway().admin_address(), {method, target, metrics_only, {}}).status, 403);
    EXPECT_EQ(http_send(s_->gateway().public_address(), {method, target, all, {}}).status, 404);
    const HttpReply other = http_send(s_->gateway().admin_address(), {"DELETE", target, all, {}});
    EXPECT_EQ(other.status, 405);
    EXPECT_THAT(other.headers.at("allow"), HasSubstr(method));
  }
  expect_untouched();
}

TEST_F(AdminTokens, MalformedRequestsAreAnsweredOrDropped) {
  ASSERT_TRUE(started(*s_));
  const std::string authorised = "Host: x\r\nAuthorization: Bearer " + ec_.token(good_) + "\r\n";
  const std::string parse = "POST /v1/admin/dlr/parse HTTP/1.1\r\n" + authorised;
  struct Case {
    std::string request;
    const char* answer;
  };
  const Case cases[] = {
      {"BREW /v1/admin/jobs HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 405"},
      {"TRACE /v1/admin/jobs HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 405"},
      {"GET /v1/admin/none HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 404"},
      {"GET /v1/admin/../admin/jobs HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 400"},
      {"GET /v1/admin/%2e%2e/jobs HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 400"},
      {"GET /v1/admin%2fjobs HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 400"},
      {"GET /v1/admin\\jobs HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 400"},
      {"GET /v1/admin/jobs%00 HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 400"},
      {"GET /../../etc/passwd HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 400"},
      {"GET //v1/admin/jobs HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 404"},
      {"POST /v1/admin/stages/..%2foutbox/disable HTTP/1.1\r\n" + authorised + "\r\n", "HTTP/1.1 400"},
      {"GET /v1/admin/jobs HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
      {"GET /v1/admin/jobs HTTP/1.1\r\n" + authorised + "Host: y\r\n\r\n", "HTTP/1.1 400"},
      {"GET /v1/admin/jobs\r\n\r\n", "HTTP/1.1 400"},
      {"\x16\x03\x01\x02\x00\x01\r\n\r\n", "HTTP/1.1 400"},
      {"GET /v1/admin/jobs HTTP/1.1\r\n" + authorised + "X: " + std::string(9000, 'x') + "\r\n\r\n", "HTTP/1.1 431"},
      {parse + "Content-Length: 262145\r\n\r\n" + std::string(262'145, 'x'), "HTTP/1.1 413"},
      {parse + "Content-Length: 99999999999\r\n\r\n", "HTTP/1.1 413"},
      {parse + "Transfer-Encoding: chunked\r\n\r\n50000\r\n" + std::string(0x50000, 'x') + "\r\n0\r\n\r\n",
       "HTTP/1.1 413"},
      {parse + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 400"},
      {parse + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 400"},
      {parse + "Content-Length: -1\r\n\r\n", "HTTP/1.1 400"},
      {"GET /v1/admin/jobs HTTP/1.1\r\n" + authorised + "Content-Length: 5\r\n\r\nhello", "HTTP/1.1 413"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.request.substr(0, 60));
    EXPECT_THAT(raw(c.request), StartsWith(c.answer));
  }
  RawClient half(admin_port());
  half.send("POST /v1/admin/reload HTT");
  half.half_close();
  EXPECT_EQ(half.rest(), "");
  RawClient half_body(admin_port());
  half_body.send(parse + "Content-Length: 100\r\n\r\n{\"operatorId\":");
  half_body.half_close();
  EXPECT_EQ(half_body.rest(), "");
  expect_untouched();
}

TEST_F(AdminTokens, SlowClientsAreCutOffAndHoldNobodyUp) {
  ASSERT_TRUE(started(*s_));
  const std::string authorised = "Host: x\r\nAuthorization: Bearer " + ec_.token(good_) + "\r\n";
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<RawClient>(admin_port()));
    slow.back()->send(i % 2 == 0 ? "POST /v1/admin/rel"
                                 : "POST /v1/admin/dlr/parse HTTP/1.1\r\n" + authorised + "Content-Length: 9\r\n\r\n{");
  }
  EXPECT_THAT(raw("GET /v1/admin/jobs HTTP/1.1\r\n" + authorised + "\r\n"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(s_->gateway().admin_get("/live").status, 200);
  for (const auto& client : slow) EXPECT_EQ(client->rest(), "") << "the gateway closes it";
  expect_untouched();
}

}  // namespace
}  // namespace dlrgw::test
