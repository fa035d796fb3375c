// SPDX-License-Identifier: Apache-2.0
#include "support/secret.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SecretTest : public ::testing::Test {
 protected:
  SecretTest() : folder_(std::filesystem::temp_directory_path() / ("dlrgw-secret-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~SecretTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string file() const { return (folder_ / "secret").string(); }
  void write(const std::string& text) const { std::ofstream(file(), std::ios::binary) << text; }

  std::filesystem::path folder_;
  std::vector<std::string> told_;
  const Secret::Told tell_ = [this](std::string_view sentence) { told_.emplace_back(sentence); };
};

TEST_F(SecretTest, WithoutAFileItStaysAsItIs) {
  Secret secret("s1");
  EXPECT_THAT(secret.to_try(), ElementsAre("s1"));
  secret.taken("s1");
  EXPECT_TRUE(secret.renew());
  EXPECT_THAT(secret.to_try(), ElementsAre("s1"));
  EXPECT_THAT(Secret("").to_try(), ElementsAre(""));
}

TEST_F(SecretTest, IsReadAnewForEachLogin) {
  write("s1\r\n");
  Secret secret("", file());
  EXPECT_THAT(secret.to_try(), ElementsAre("s1"));
  write("s2\n");
  EXPECT_THAT(secret.to_try(), ElementsAre("s2")) << "nobody took the first";
  secret.taken("s2");
  write("s3");
  EXPECT_THAT(secret.to_try(), ElementsAre("s3", "s2"));
  secret.taken("s3");
  EXPECT_THAT(secret.to_try(), ElementsAre("s3"));
}

TEST_F(SecretTest, ABrokenFileLeavesWhatWasReadBefore) {
  write("s1");
  Secret secret("", file());
  ASSERT_TRUE(secret.renew());
  for (const std::string& broken :
       {std::string(), std::string("\n\n"), std::string("a\0b", 3), std::string(70'000, 'x')}) {
    write(broken);
    const Status renewed = secret.renew();
    ASSERT_FALSE(renewed);
    EXPECT_THAT(renewed.error().text, HasSubstr(file()));
    EXPECT_THAT(secret.to_try(), ElementsAre("s1"));
  }
  std::filesystem::remove(file());
  EXPECT_FALSE(secret.renew());
  std::filesystem::create_directory(file());
  EXPECT_FALSE(secret.renew());
  EXPECT_THAT(secret.to_try(), ElementsAre("s1"));
}

TEST_F(SecretTest, OneThatTheServerRefusesIsToldOnce) {
  write("s1");
  Secret secret("s1", file(), tell_);
  secret.taken("s1");
  write("s2");
  for (int login = 0; login < 3; ++login) {
    EXPECT_THAT(secret.to_try(), ElementsAre("s2", "s1"));
    secret.taken("s1");
  }
  EXPECT_THAT(told_, ElementsAre(HasSubstr(file())));
  EXPECT_THAT(told_.front(), Not(HasSubstr("s2")));
  write("s3");
  (void)secret.to_try();
  secret.taken("s1");
  EXPECT_EQ(told_.size(), 2U);
}

}  // namespace
}  // namespace dlrgw::host
