// SPDX-License-Identifier: Apache-2.0
#include "cli/token.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "http/auth/token_verifier.hpp"

namespace dlrgw::host {
namespace {

using testing::HasSubstr;

class TokenTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "dlrgw-token-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    files_ = {folder_ + "/jwks.json.key", folder_ + "/jwks.json"};
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::variant<Claims, TokenFault> verify(const std::string& token) {
    TokenVerifier verifier({files_.jwks, "issuer", "audience"}, clock_, log_);
    return verifier.verify(token);
  }
  static TokenWish wish() { return {{"dlr:admin", "dlr:pii"}, "anna", "", "issuer", "audience", 3600}; }

  std::string folder_;
  TokenKeyFiles files_;
  ManualClock clock_{1'900'000'000'000'000};
  Logger log_{"test", Level::kError, [](std::string_view) {}};
};

TEST_F(TokenTest, TheGatewayTakesWhatTheKeySigns) {
  const auto made = make_token_key(files_);
  ASSERT_TRUE(made) << made.error().text;
  struct stat key {};
  ASSERT_EQ(::stat(files_.key.c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777U, 0600U);
  TokenWish customer = wish();
  customer.account_id = "11111111-2222-4333-8444-555555555555";
  const auto token = sign_token(files_.key, customer, 1'900'000'000);
  ASSERT_TRUE(token) << token.error().text;
  const auto verified = verify(*token);
  ASSERT_TRUE(std::holds_alternative<Claims>(verified)) << to_string(std::get<TokenFault>(verified));
  const Claims& claims = std::get<Claims>(verified);
  EXPECT_EQ(claims.subject, "anna");
  EXPECT_EQ(claims.account_id, customer.account_id);
  EXPECT_THAT(claims.scopes, testing::ElementsAre("dlr:admin", "dlr:pii"));
  clock_.advance_us(3'700'000'000);
  EXPECT_EQ(std::get<TokenFault>(verify(*token)), TokenFault::kExpired);
}

TEST_F(TokenTest, TheKeySetHoldsNoPrivatePartAndKeepsOtherKeys) {
  ASSERT_TRUE(make_token_key(files_));
  const auto first = sign_token(files_.key, wish(), 1'900'000'000);
  std::filesystem::rename(files_.key, files_.key + ".old");
  ASSERT_TRUE(make_token_key(files_));
  const auto second = sign_token(files_.key, wish(), 1'900'000'000);
  for (const auto& token : {first, second}) EXPECT_TRUE(std::holds_alternative<Claims>(verify(*token)));
  std::ifstream in(files_.jwks);
  EXPECT_THAT((std::string{std::istreambuf_iterator<char>(in), {}}), testing::Not(HasSubstr("\"d\"")));
}

TEST_F(TokenTest, AKeyThatIsThereIsLeftAlone) {
  ASSERT_TRUE(make_token_key(files_));
  const auto again = make_token_key(files_);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().text, HasSubstr(files_.key + " exists"));
}

TEST_F(TokenTest, AFileThatIsNoKeySetIsNotReplaced) {
  std::ofstream(files_.jwks) << "-----BEGIN PUBLIC KEY-----\n";
  const auto made = make_token_key(files_);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().text, HasSubstr(files_.jwks));
  EXPECT_FALSE(std::filesystem::exists(files_.key));
}

TEST_F(TokenTest, SaysWhatIsWrongWithTheWish) {
  const auto refusal = [&](const TokenWish& wish) {
    const auto token = sign_token(files_.key, wish, 1'900'000'000);
    return token ? std::string() : token.error().text;
  };
  EXPECT_THAT(refusal(wish()), HasSubstr("token init"));
  ASSERT_TRUE(make_token_key(files_));
  TokenWish other = wish();
  other.ttl_s = 0;
  EXPECT_THAT(refusal(other), HasSubstr("--ttl must be"));
  other = wish();
  other.issuer.clear();
  EXPECT_THAT(refusal(other), HasSubstr("http.jwt_issuer"));
  other = wish();
  other.account_id = "4711";
  EXPECT_THAT(refusal(other), HasSubstr("--account takes a UUID"));
  std::ofstream(files_.key) << "{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"x\"}";
  EXPECT_THAT(refusal(wish()), HasSubstr("is no private key for ES256"));
}

}  // namespace
}  // namespace dlrgw::host
