// SPDX-License-Identifier: Apache-2.0
#include "cli/check_files.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/token_forge.hpp"

namespace dlrgw::host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CheckFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "dlrgw-files-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    config_.file = "gateway.toml";
    config_.positions["http.jwks_file"] = {12, 13};
    config_.positions["http.tls_cert"] = {15, 1};
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }
  std::vector<std::string> findings() const {
    std::vector<std::string> out;
    for (const ConfigError& error : check_files(config_)) out.push_back(to_string(error));
    return out;
  }

  std::string folder_;
  Config config_;
};

TEST_F(CheckFilesTest, NothingThatIsNotNamedIsLookedFor) { EXPECT_THAT(findings(), IsEmpty()); }

TEST_F(CheckFilesTest, AKeySetIsOne) {
  const test::SigningKey key = test::SigningKey::ec("k");
  config_.http.jwks_file = write("jwks.json", test::key_set({key.jwk()}));
  EXPECT_THAT(findings(), IsEmpty());
  for (const auto& [text, sentence] :
       std::vector<std::pair<std::string, std::string>>{{"", "give a JSON Web Key Set"},
                                                        {key.public_pem(), "give a JSON Web Key Set"},
                                                        {R"({"keys": []})", "holds no key"},
                                                        {test::key_set({key.jwk("none")}), "alg"}}) {
    config_.http.jwks_file = write("jwks.json", text);
    EXPECT_THAT(findings(), ElementsAre(testing::AllOf(HasSubstr("gateway.toml:12:13: "), HasSubstr(sentence))))
        << text;
  }
  config_.http.jwks_file = folder_ + "/missing.json";
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("missing.json cannot be read")));
}

TEST_F(CheckFilesTest, ACertificateIsOne) {
  config_.http.tls_cert = write("cert.pem", "garbage");
  config_.nats.tls_ca = folder_ + "/missing.pem";
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("missing.pem cannot be read or holds no certificate"),
                                      HasSubstr("gateway.toml:15:1: " + config_.http.tls_cert)));
}

}  // namespace
}  // namespace dlrgw::host
