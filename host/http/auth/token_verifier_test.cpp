// SPDX-License-Identifier: Apache-2.0
#include "http/auth/token_verifier.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/auth/key_set.hpp"
#include "http/testing/token_forge.hpp"

namespace dlrgw::host {
namespace {

using test::base64url;
using test::SigningKey;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t kNow = 1'800'000'000;  // seconds
constexpr const char* kAccount = "0b5f9a3e-7a44-4c1e-9d6a-2f6a51d0c101";

// What a good payload holds; change and extra then make a bad one.
std::string payload(const std::string& change = {}, const std::string& to = {}, const std::string& extra = {}) {
  std::string out =
      R"({"iss":"https://issuer.test","aud":"dlr-gateway","sub":"anna","exp":1800000600,"nbf":1799999000,)"
      R"("account_id":"0B5F9A3E-7a44-4c1e-9d6a-2f6a51d0c101","scope":"dlr:admin dlr:pii")" +
      extra + "}";
  if (!change.empty()) {
    const std::size_t at = out.find(change);
    EXPECT_NE(at, std::string::npos) << change;
    out.replace(at, change.size(), to);
  }
  return out;
}

// The keys of all cases: made once, since RSA takes its time.
struct Keys {
  SigningKey secret = SigningKey::secret("hs");
  SigningKey rsa = SigningKey::rsa("rs");
  SigningKey ec = SigningKey::ec("es");
  SigningKey stranger = SigningKey::rsa("rs");  // same kid, another key
};
const Keys& keys() {
  static const Keys* all = new Keys;
  return *all;
}

class TokenTest : public ::testing::Test {
 protected:
  TokenTest() : folder_(std::filesystem::temp_directory_path() / ("dlrgw-token-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    write(test::key_set({keys().secret.jwk(), keys().rsa.jwk(), keys().ec.jwk()}));
  }
  ~TokenTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string file() const { return (folder_ / "jwks.json").string(); }
  void write(const std::string& text) const {
    std::ofstream(file() + ".new", std::ios::binary) << text;
    std::filesystem::rename(file() + ".new", file());
  }
  TokenVerifier& verifier() {
    if (!verifier_) verifier_ = std::make_unique<TokenVerifier>(settings_, clock_, log_);
    return *verifier_;
  }
  std::string verdict(std::string_view token) {
    const auto answer = verifier().verify(token);
    const auto* fault = std::get_if<TokenFault>(&answer);
    return fault == nullptr ? "good" : std::string(to_string(*fault));
  }

  std::filesystem::path folder_;
  ManualClock clock_{kNow * 1'000'000};
  std::string logged_;
  Logger log_{"test", Level::kDebug, [this](std::string_view line) { logged_ += line; }};
  TokenSettings settings_{file(), "https://issuer.test", "dlr-gateway"};
  std::unique_ptr<TokenVerifier> verifier_;
};

TEST_F(TokenTest, EachAlgorithmIsAcceptedWithItsClaims) {
  for (const SigningKey* key : {&keys().secret, &keys().rsa, &keys().ec}) {
    const auto answer = verifier().verify(key->token(payload()));
    const auto* claims = std::get_if<Claims>(&answer);
    ASSERT_NE(claims, nullptr) << key->algorithm();
    EXPECT_EQ(claims->subject, "anna");
    EXPECT_EQ(claims->account_id, kAccount);
    EXPECT_THAT(claims->scopes, ElementsAre("dlr:admin", "dlr:pii"));
  }
}

TEST_F(TokenTest, ClaimsHaveSeveralSpellings) {
  const auto& key = keys().ec;
  EXPECT_EQ(verdict(key.token(payload("\"dlr-gateway\"", R"(["other","dlr-gateway"])"))), "good");
  EXPECT_EQ(verdict(key.token(payload("1800000600", "1.8000006e9"))), "good");
  const auto answer = verifier().verify(key.token(
      R"({"iss":"https://issuer.test","aud":"dlr-gateway","exp":1800000600,"scopes":["a","b c"],"scope":" d "})"));
  const auto* claims = std::get_if<Claims>(&answer);
  ASSERT_NE(claims, nullptr);
  EXPECT_THAT(claims->scopes, ElementsAre("d", "a", "b", "c"));
  EXPECT_EQ(claims->subject, "");
  EXPECT_EQ(claims->account_id, "");
}

TEST_F(TokenTest, ThirtySecondsOfLeeway) {
  const auto& key = keys().secret;
  EXPECT_EQ(verdict(key.token(payload("1800000600", "1799999971"))), "good");
  EXPECT_EQ(verdict(key.token(payload("1800000600", "1799999970"))), "expired");
  EXPECT_EQ(verdict(key.token(payload("1799999000", "1800000030"))), "good");
  EXPECT_EQ(verdict(key.token(payload("1799999000", "1800000031"))), "not_yet_valid");
}

struct Attack {
  const char* name;
  const char* fault;
  std::function<std::string()> token;
};
class TokenAttack : public TokenTest, public ::testing::WithParamInterface<Attack> {};

TEST_P(TokenAttack, IsRefused) {
  const std::string token = GetParam().token();
  EXPECT_EQ(verdict(token), GetParam().fault);
  EXPECT_THAT(logged_, HasSubstr(std::string("\"reason\":\"") + GetParam().fault));
  if (token.size() > 20) {
    EXPECT_THAT(logged_, Not(HasSubstr(token.substr(0, 20))));
  }
}

std::string header(const std::string& alg, const std::string& kid, const std::string& more = {}) {
  return R"({"alg":")" + alg + R"(","kid":")" + kid + "\"" + more + "}";
}
std::string flipped(std::string text, std::size_t at) {
  text[at] = text[at] == 'A' ? 'B' : 'A';
  return text;
}
std::string part(const std::string& token, int index) {
  std::size_t begin = 0;
  for (int i = 0; i < index; ++i) begin = token.find('.', begin) + 1;
  return token.substr(begin, token.find('.', begin) - begin);
}
std::string good() { return keys().rsa.token(payload()); }

INSTANTIATE_TEST_SUITE_P(
    All, TokenAttack,
    ::testing::Values(
        Attack{"Empty", "malformed", [] { return std::string(); }},
        Attack{"Garbage", "malformed", [] { return std::string("\x01\xFFnot a token\x00zz", 16); }},
        Attack{"TwoDotsOnly", "malformed", [] { return std::string(".."); }},
        Attack{"OneDot", "malformed", [] { return good().substr(0, good().rfind('.')); }},
        Attack{"ThreeDots", "malformed", [] { return good() + ".QQ"; }},
        Attack{"FiveParts", "malformed", [] { return good() + ".."; }},
        Attack{"Huge", "malformed", [] { return keys().secret.token(payload("anna", std::string(1U << 20U, 'a'))); }},
        Attack{"DeepNesting", "malformed",
               [] { return keys().secret.token(payload({}, {}, ",\"x\":" + std::string(2'000, '['))); }},
        Attack{"PaddedBase64", "malformed", [] { return good() + "="; }},
        Attack{"PlainBase64Alphabet", "malformed", [] { return good().insert(good().size() - 4, "+/"); }},
        Attack{"SpareBits", "malformed",
               [] {  // the same signature bytes in another spelling
                 std::string token = keys().secret.token(payload());
                 const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                 token.back() = alphabet[alphabet.find(token.back()) + 1];
                 return token;
               }},
        Attack{"NewlineInside", "malformed", [] { return good().insert(10, "\n"); }},
        Attack{"HeaderIsNoObject", "malformed", [] { return keys().rsa.token("[]", payload()); }},
        Attack{"HeaderIsNoJson", "malformed", [] { return keys().rsa.token("{\"alg\"", payload()); }},
        Attack{"AlgIsNoText", "malformed", [] { return keys().rsa.token(R"({"alg":1,"kid":"rs"})", payload()); }},
        Attack{"DuplicateAlg", "malformed",
               [] { return keys().rsa.token(R"({"alg":"none","alg":"RS256","kid":"rs"})", payload()); }},
        Attack{"DuplicateAlgEscaped", "malformed",
               [] { return keys().rsa.token(R"({"al\u0067":"none","alg":"RS256","kid":"rs"})", payload()); }},
        Attack{"CriticalExtension", "malformed",
               [] { return keys().rsa.token(header("RS256", "rs", R"(,"crit":["b64"],"b64":false)"), payload()); }},
        Attack{"AlgNone", "wrong_algorithm", [] { return keys().rsa.token(header("none", "rs"), payload()); }},
        Attack{"AlgNoneWithoutSignature", "wrong_algorithm",
               [] { return base64url(header("none", "rs")) + "." + base64url(payload()) + "."; }},
        Attack{"AlgNoneInCapitals", "wrong_algorithm",
               [] { return keys().rsa.token(header("NONE", "rs"), payload()); }},
        Attack{"AlgLowerCase", "wrong_algorithm", [] { return keys().rsa.token(header("rs256", "rs"), payload()); }},
        Attack{"AlgStrongerThanPinned", "wrong_algorithm",
               [] { return keys().rsa.token(header("RS512", "rs"), payload()); }},
        Attack{
            "HmacWithRsaPem", "wrong_algorithm",
            [] { return SigningKey::secret("rs", keys().rsa.public_pem()).token(header("HS256", "rs"), payload()); }},
        Attack{"HmacWithRsaModulus", "wrong_algorithm",
               [] { return SigningKey::secret("rs", keys().rsa.modulus()).token(header("HS256", "rs"), payload()); }},
        Attack{
            "HmacWithRsaModulusText", "wrong_algorithm",
            [] {
              return SigningKey::secret("rs", base64url(keys().rsa.modulus())).token(header("HS256", "rs"), payload());
            }},
        Attack{"KidOfAnotherAlgorithm", "wrong_algorithm",
               [] { return keys().rsa.token(header("RS256", "es"), payload()); }},
        Attack{"KidOfTheSecret", "wrong_algorithm", [] { return keys().rsa.token(header("RS256", "hs"), payload()); }},
        Attack{"KidMissing", "unknown_key", [] { return keys().rsa.token(R"({"alg":"RS256"})", payload()); }},
        Attack{"KidUnknown", "unknown_key", [] { return keys().rsa.token(header("RS256", "rs2"), payload()); }},
        Attack{"KidTraversal", "unknown_key",
               [] { return keys().rsa.token(header("RS256", "../../dev/null"), payload()); }},
        Attack{"KidEmpty", "unknown_key", [] { return keys().rsa.token(header("RS256", ""), payload()); }},
        Attack{"KeyInTheHeader", "bad_signature",
               [] {
                 return keys().stranger.token(header("RS256", "rs", ",\"jwk\":" + keys().stranger.jwk()), payload());
               }},
        Attack{"SignatureOfAnotherKey", "bad_signature", [] { return keys().stranger.token(payload()); }},
        Attack{"SignatureEmpty", "bad_signature", [] { return good().substr(0, good().rfind('.') + 1); }},
        Attack{"SignatureTampered", "bad_signature", [] { return flipped(good(), good().rfind('.') + 20); }},
        Attack{"SignatureShort", "bad_signature", [] { return good().substr(0, good().size() - 2); }},
        Attack{"EcSignatureOfZeros", "bad_signature",
               [] {  // r = s = 0
                 return base64url(header("ES256", "es")) + "." + base64url(payload()) + "." +
                        base64url(std::string(64, '\0'));
               }},
        Attack{"EcSignatureShort", "bad_signature",
               [] {
                 return base64url(header("ES256", "es")) + "." + base64url(payload()) + "." +
                        base64url(std::string(10, '\x01'));
               }},
        Attack{"EcSignatureLong", "bad_signature",
               [] {
                 return base64url(header("ES256", "es")) + "." + base64url(payload()) + "." +
                        base64url(std::string(400, '\x01'));
               }},
        Attack{"PayloadTampered", "bad_signature",
               [] { return part(good(), 0) + "." + base64url(payload("anna", "root")) + "." + part(good(), 2); }},
        Attack{"HeaderTampered", "bad_signature",
               [] {
                 return base64url(header("RS256", "rs", R"(,"typ":"x")")) + "." + part(good(), 1) + "." +
                        part(good(), 2);
               }},
        Attack{"PayloadIsNoObject", "malformed", [] { return keys().secret.token("[1]"); }},
        Attack{"PayloadEmpty", "malformed", [] { return keys().secret.token(""); }},
        Attack{"DuplicateClaim", "malformed",
               [] { return keys().secret.token(payload({}, {}, R"(,"exp":9999999999)")); }},
        Attack{"ExpMissing", "bad_claims", [] { return keys().secret.token(payload("\"exp\"", "\"exq\"")); }},
        Attack{"ExpIsText", "bad_claims", [] { return keys().secret.token(payload("1800000600", "\"1800000600\"")); }},
        Attack{"ExpIsNull", "bad_claims", [] { return keys().secret.token(payload("1800000600", "null")); }},
        Attack{"NbfIsText", "bad_claims", [] { return keys().secret.token(payload("1799999000", "\"0\"")); }},
        Attack{"Expired", "expired", [] { return keys().rsa.token(payload("1800000600", "1799990000")); }},
        Attack{"ExpNegative", "expired", [] { return keys().rsa.token(payload("1800000600", "-1")); }},
        Attack{"ExpHugeNegative", "expired", [] { return keys().rsa.token(payload("1800000600", "-1e300")); }},
        Attack{"NotYetValid", "not_yet_valid", [] { return keys().rsa.token(payload("1799999000", "1800009000")); }},
        Attack{"WrongIssuer", "wrong_issuer", [] { return keys().rsa.token(payload("issuer.test", "issuer.test/")); }},
        Attack{"IssuerMissing", "wrong_issuer", [] { return keys().rsa.token(payload("\"iss\"", "\"isz\"")); }},
        Attack{"IssuerIsAList", "wrong_issuer",
               [] { return keys().rsa.token(payload("\"https://issuer.test\"", "[\"https://issuer.test\"]")); }},
        Attack{"WrongAudience", "wrong_audience", [] { return keys().rsa.token(payload("dlr-gateway", "other")); }},
        Attack{"AudiencePrefix", "wrong_audience", [] { return keys().rsa.token(payload("dlr-gateway", "dlr")); }},
        Attack{"AudienceMissing", "wrong_audience", [] { return keys().rsa.token(payload("\"aud\"", "\"auz\"")); }},
        Attack{"AudienceOfOthers", "wrong_audience",
               [] { return keys().rsa.token(payload("\"dlr-gateway\"", "[\"a\",1,null]")); }},
        Attack{"SubjectIsANumber", "bad_claims", [] { return keys().rsa.token(payload("\"anna\"", "7")); }},
        Attack{"SubjectWithControls", "bad_claims", [] { return keys().rsa.token(payload("anna", "a\\nb")); }},
        Attack{"AccountIsNoUuid", "bad_claims", [] { return keys().rsa.token(payload("0B5F9A3E", "' OR 1=1")); }},
        Attack{"ScopeIsAList", "bad_claims",
               [] { return keys().rsa.token(payload("\"dlr:admin dlr:pii\"", "[\"dlr:admin\"]")); }},
        Attack{"ScopesAreText", "bad_claims",
               [] { return keys().rsa.token(payload({}, {}, R"(,"scopes":"dlr:admin")")); }}),
    [](const auto& attack) { return attack.param.name; });

TEST_F(TokenTest, EveryCutAndEveryFlippedCharacterIsRefused) {
  const std::string token = keys().secret.token(payload());
  for (std::size_t i = 0; i < token.size(); ++i) {
    EXPECT_NE(verdict(token.substr(0, i)), "good") << "cut at " << i;
    EXPECT_NE(verdict(flipped(token, i)), "good") << "flipped at " << i;
  }
}

TEST_F(TokenTest, ReadAgainTheFileSaysWhichKeysThereAre) {
  const SigningKey next = SigningKey::ec("next");
  EXPECT_EQ(verdict(next.token(payload())), "unknown_key");
  write(test::key_set({keys().ec.jwk(), next.jwk()}));
  EXPECT_TRUE(verifier().renew());
  EXPECT_EQ(verdict(next.token(payload())), "good");
  EXPECT_EQ(verdict(keys().ec.token(payload())), "good");
  EXPECT_EQ(verdict(keys().rsa.token(payload())), "unknown_key") << "withdrawn";
}

TEST_F(TokenTest, ABrokenFileLeavesTheOldKeysInForce) {
  EXPECT_EQ(verdict(good()), "good");
  write("{\"keys\":[");
  const Status broken = verifier().renew();
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().text, HasSubstr(file()));
  EXPECT_EQ(verdict(good()), "good");
  std::filesystem::remove(file());
  EXPECT_FALSE(verifier().renew());
  EXPECT_EQ(verdict(good()), "good");
  write(test::key_set({keys().rsa.jwk("")}));
  const Status unusable = verifier().renew();
  ASSERT_FALSE(unusable);
  EXPECT_THAT(unusable.error().text, HasSubstr("holds no key that can be used: keys[0] \"rs\": it has no alg"));
  EXPECT_EQ(verdict(good()), "good");
  write(test::key_set({}));
  EXPECT_TRUE(verifier().renew());
  EXPECT_EQ(verdict(good()), "unknown_key");
}

TEST_F(TokenTest, WithoutFileIssuerOrAudienceNothingIsAccepted) {
  settings_.jwks_file.clear();
  EXPECT_EQ(verdict(good()), "unknown_key");
  EXPECT_THAT(logged_, HasSubstr("dlr.jwks.missing"));
  verifier_.reset();
  settings_ = {file(), "", "dlr-gateway"};
  EXPECT_EQ(verdict(keys().rsa.token(payload("https://issuer.test", ""))), "wrong_issuer");
  verifier_.reset();
  settings_ = {file(), "https://issuer.test", ""};
  EXPECT_EQ(verdict(keys().rsa.token(payload("dlr-gateway", ""))), "wrong_audience");
}

TEST(KeySetTest, KeysThatCannotBePinnedAreRefusedBySentence) {
  const auto refused = [](std::initializer_list<std::string> jwks) {
    const auto set = parse_key_set(test::key_set(jwks));
    EXPECT_TRUE(set);
    return set ? set->refused : std::vector<std::string>{};
  };
  const auto& k = keys();
  EXPECT_THAT(refused({k.rsa.jwk(), k.ec.jwk(), k.secret.jwk()}), IsEmpty());
  EXPECT_THAT(refused({k.rsa.jwk("")}), ElementsAre(HasSubstr("keys[0] \"rs\": it has no alg; add")));
  EXPECT_THAT(refused({k.rsa.jwk("none")}), ElementsAre(HasSubstr("its alg is none of")));
  EXPECT_THAT(refused({k.rsa.jwk("PS256")}), ElementsAre(HasSubstr("its alg is none of")));
  EXPECT_THAT(refused({k.rsa.jwk("HS256")}), ElementsAre(HasSubstr("its alg HS256 needs kty oct")));
  EXPECT_THAT(refused({k.secret.jwk("RS256")}), ElementsAre(HasSubstr("its alg RS256 needs kty RSA")));
  EXPECT_THAT(refused({k.ec.jwk("RS256")}), ElementsAre(HasSubstr("its alg RS256 needs kty RSA")));
  EXPECT_THAT(refused({SigningKey::secret("s", "short").jwk()}), ElementsAre(HasSubstr("fewer than 32 bytes")));
  EXPECT_THAT(refused({SigningKey::rsa("r", 1024).jwk()}), ElementsAre(HasSubstr("2048 to 8192 bits")));
  EXPECT_THAT(refused({k.rsa.jwk(), k.stranger.jwk()}), ElementsAre(HasSubstr("its kid is taken")));
  EXPECT_THAT(refused({SigningKey::ec("").jwk()}), ElementsAre(HasSubstr("keys[0]: it has no kid")));
  EXPECT_THAT(refused({"7"}), ElementsAre(HasSubstr("it has no kid")));
  std::string encryption = k.rsa.jwk();
  encryption.insert(1, R"("use":"enc",)");
  EXPECT_THAT(refused({encryption}), ElementsAre(HasSubstr("does not allow to verify")));
  EXPECT_THAT(refused({R"({"kid":"e","alg":"ES256","kty":"EC","crv":"P-256","x":"AQ","y":"AQ"})"}),
              ElementsAre(HasSubstr("not valid")));
  for (const char* text : {"", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[],\"keys\":[]}", "null"})
    EXPECT_FALSE(parse_key_set(text)) << text;
}

}  // namespace
}  // namespace dlrgw::host
