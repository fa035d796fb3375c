// SPDX-License-Identifier: Apache-2.0
#include "http/admission.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/builtin_routes.hpp"
#include "http/testing/token_forge.hpp"

namespace dlrgw::host {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class AdmissionTest : public ::testing::Test {
 protected:
  AdmissionTest() : file_(std::filesystem::temp_directory_path() / ("dlrgw-admission-" + std::to_string(::getpid()))) {
    std::ofstream(file_) << test::key_set({key_.jwk()});
    const auto add = [&](std::string method, std::string pattern, Access access) {
      ASSERT_TRUE(router_.add({Listener::kAdmin, std::move(method), std::move(pattern),
                               [](const HttpRequest&) { return HttpResponse{}; }, 10, std::move(access)}));
    };
    add("GET", "/open", {});
    add("GET", "/any/{id}", {false, {}});
    add("GET", "/admin", {false, {"dlr:admin"}});
    add("POST", "/admin", {false, {"dlr:admin"}});
    EXPECT_TRUE(builtin_routes(
        router_, [] { return true; }, [] { return std::vector<ReadyCheck>{}; }, [] { return std::string("m 1\n"); },
        false));
    tokens_ = std::make_unique<TokenVerifier>(TokenSettings{file_.string(), "i", "a"}, clock_, log_);
  }
  ~AdmissionTest() override { std::filesystem::remove(file_); }

  std::string token(const std::string& scope) const {
    return key_.token(R"({"iss":"i","aud":"a","exp":2000000000,"sub":"anna","scope":")" + scope + "\"}");
  }
  // 0: admitted.
  unsigned ask(const std::string& method, const std::string& target, NameValues headers = {}) {
    request_ = {};
    request_.method = method;
    request_.headers = std::move(headers);
    request_.headers.emplace_back("Host", "gw.test:9090");
    const Admission answer = admit(router_, tokens_.get(), Listener::kAdmin, target, request_);
    refusal_ = answer.refusal.value_or(HttpResponse{});
    EXPECT_EQ(answer.route == nullptr, answer.refusal.has_value());
    return answer.refusal ? refusal_.status : 0;
  }
  static std::pair<std::string, std::string> bearer(const std::string& text) {
    return {"authorization", "Bearer " + text};
  }

  test::SigningKey key_ = test::SigningKey::secret("k");
  std::filesystem::path file_;
  ManualClock clock_{1'900'000'000'000'000};
  Logger log_{"test", Level::kInfo, [](std::string_view) {}};
  Router router_;
  std::unique_ptr<TokenVerifier> tokens_;
  HttpRequest request_;
  HttpResponse refusal_;
};

TEST_F(AdmissionTest, OpenRoutesAskForNothing) {
  EXPECT_EQ(ask("GET", "/open"), 0U);
  EXPECT_EQ(ask("GET", "/open", {bearer("rubbish")}), 0U);
  EXPECT_FALSE(request_.claims);
  EXPECT_EQ(ask("GET", "/live"), 0U);
}

TEST_F(AdmissionTest, NoTokenIs401AndMissingScope403) {
  EXPECT_EQ(ask("GET", "/admin"), 401U);
  EXPECT_THAT(refusal_.headers, Contains(Pair("WWW-Authenticate", "Bearer")));
  EXPECT_EQ(refusal_.content_type, "application/problem+json");
  const std::string none = refusal_.body;
  EXPECT_EQ(ask("GET", "/admin", {bearer("rubbish")}), 401U);
  EXPECT_EQ(refusal_.body, none) << "nothing tells why";
  EXPECT_EQ(ask("GET", "/admin", {bearer(token("dlr:admins"))}), 403U);
  EXPECT_THAT(refusal_.body, Not(HasSubstr("dlr:")));
  EXPECT_EQ(ask("GET", "/admin", {bearer(token("a dlr:admin"))}), 0U);
  EXPECT_EQ(request_.claims->subject, "anna");
  EXPECT_EQ(ask("HEAD", "/any/7", {bearer(token(""))}), 0U);
  EXPECT_EQ(ask("POST", "/admin"), 401U);
}

TEST_F(AdmissionTest, UnknownPathsAndMethodsAreToldWithoutToken) {
  EXPECT_EQ(ask("GET", "/nope"), 404U);
  EXPECT_EQ(ask("BREW", "/admin"), 405U);
  EXPECT_THAT(refusal_.headers, Contains(Pair("Allow", "GET, HEAD, POST")));
  EXPECT_EQ(ask("GET", "/any/../admin", {bearer(token("dlr:admin"))}), 400U);
  EXPECT_EQ(ask("GET", "/any/%2e%2e/admin", {bearer(token("dlr:admin"))}), 400U);
}

TEST_F(AdmissionTest, OtherSpellingsOfTheHeader) {
  const std::string good = token("dlr:admin");
  EXPECT_EQ(ask("GET", "/admin", {{"AUTHORIZATION", "bEARER " + good + " "}}), 0U);
  for (const std::string& value :
       {"Basic " + good, "Bearer" + good, good, std::string("Bearer "), std::string("Bearer"), std::string(),
        "Bearer " + good + " " + good, "Bearer " + good + "," + good})
    EXPECT_EQ(ask("GET", "/admin", {{"Authorization", value}}), 401U) << value;
  EXPECT_EQ(ask("GET", "/admin", {bearer(good), bearer(good)}), 401U) << "which of them?";
}

TEST_F(AdmissionTest, TheCookieServesReadsAndTheWritesOfItsOwnPages) {
  const std::string good = token("dlr:admin");
  EXPECT_EQ(ask("GET", "/admin", {{"Cookie", "a=b; dlr_token=" + good + "; c=d"}}), 0U);
  EXPECT_EQ(ask("HEAD", "/admin", {{"cookie", "dlr_token=" + good}}), 0U);
  EXPECT_EQ(ask("POST", "/admin", {{"Host", "gw:1"}, {"Origin", "http://gw:1"}, {"Cookie", "dlr_token=" + good}}), 0U);
  for (const char* origin : {"http://evil", "null", "http://gw", "http://gw:1.evil", "gw:1"})
    EXPECT_EQ(ask("POST", "/admin", {{"Host", "gw:1"}, {"Origin", origin}, {"Cookie", "dlr_token=" + good}}), 401U)
        << origin;
  EXPECT_EQ(ask("POST", "/admin", {{"Cookie", "dlr_token=" + good}}), 401U)
      << "another site could make a browser do it";
  EXPECT_EQ(ask("GET", "/admin", {{"Cookie", "dlr_token=" + good}, bearer("rubbish")}), 401U) << "the header wins";
  EXPECT_EQ(ask("GET", "/admin", {{"Cookie", "dlr_token=x; dlr_token=" + good}}), 401U);
  EXPECT_EQ(ask("GET", "/admin", {{"Cookie", "DLR_TOKEN=" + good}}), 401U);
  EXPECT_EQ(ask("GET", "/admin", {{"Cookie", ";;=;dlr_token"}}), 401U);
}

TEST_F(AdmissionTest, WritesFromPagesOfOthersAreRefused) {
  const auto allowed = bearer(token("dlr:admin"));
  EXPECT_EQ(ask("POST", "/admin", {allowed}), 0U);
  EXPECT_EQ(ask("POST", "/admin", {allowed, {"Origin", "https://gw.test:9090"}}), 0U);
  for (const char* origin :
       {"https://evil.test", "null", "https://gw.test", "gw.test:9090", "https://gw.test:9090.evil"})
    EXPECT_EQ(ask("POST", "/admin", {allowed, {"Origin", origin}}), 403U) << origin;
  EXPECT_EQ(ask("GET", "/admin", {allowed, {"Origin", "https://evil.test"}}), 0U);
}

TEST_F(AdmissionTest, ClosedMetricsTakeEitherScope) {
  EXPECT_EQ(ask("GET", "/metrics"), 401U);
  EXPECT_EQ(ask("GET", "/metrics", {bearer(token("dlr:pii"))}), 403U);
  EXPECT_EQ(ask("GET", "/metrics", {bearer(token("dlr:metrics"))}), 0U);
  EXPECT_EQ(ask("GET", "/metrics", {bearer(token("dlr:admin"))}), 0U);
}

TEST_F(AdmissionTest, WithoutVerifierNoTokenIsGood) {
  const std::string good = token("dlr:admin");
  tokens_.reset();
  EXPECT_EQ(ask("GET", "/admin", {bearer(good)}), 401U);
}

TEST_F(AdmissionTest, ABrowserWithoutATokenIsSentToTheLoginPage) {
  const std::pair<std::string, std::string> page{"Accept", "text/html,application/xhtml+xml"};
  EXPECT_EQ(ask("GET", "/admin?x=1", {page}), 303U);
  EXPECT_THAT(refusal_.headers, Contains(Pair("Location", "/login?next=/admin%3Fx%3D1")));
  EXPECT_EQ(ask("POST", "/admin", {page}), 401U) << "what was written would be lost on the way";
  EXPECT_EQ(ask("GET", "/admin", {page, bearer("forged")}), 401U) << "a program";
  EXPECT_EQ(ask("GET", "/admin", {page, bearer(token("dlr:other"))}), 403U) << "another login helps nobody";
}

}  // namespace
}  // namespace dlrgw::host
