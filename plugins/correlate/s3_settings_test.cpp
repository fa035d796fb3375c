// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "s3_client.hpp"

namespace dlrgw::correlate {
namespace {

S3Settings settings(std::string endpoint) {
  return {std::move(endpoint), "ghasi-dlr-archive", "us-east-1", "key", "secret", std::chrono::seconds(30)};
}

TEST(OrphanArchiveSettings, Endpoints) {
  for (const char* good : {"https://s3.example.net", "http://127.0.0.1:9000", "http://[::1]:9000"})
    EXPECT_EQ(problem_of(settings(good)), "") << good;
  for (const char* bad : {"s3.example.net", "ftp://s3.example.net", "https://", "https://key:secret@s3.example.net",
                          "https://s3.example.net/path", "https://s3.example.net?x", "https://a b"})
    EXPECT_NE(problem_of(settings(bad)), "") << bad;
}

TEST(OrphanArchiveSettings, TheRest) {
  S3Settings s = settings("https://s3.example.net");
  for (const char* bad : {"", "ab", "Upper", "a/b", "a?b"}) {
    s.bucket = bad;
    EXPECT_NE(problem_of(s), "") << bad;
  }
  s = settings("https://s3.example.net");
  s.region = "";
  EXPECT_NE(problem_of(s), "");
  s.region = "us:east";
  EXPECT_NE(problem_of(s), "");
  s = settings("https://s3.example.net");
  s.key_id = "";
  EXPECT_EQ(problem_of(s), "options \"s3_key_id\" and \"s3_secret\" are needed when \"s3_endpoint\" is set");
  s = settings("https://s3.example.net");
  s.secret = "";
  EXPECT_EQ(problem_of(s).find("secret"), problem_of(s).rfind("secret")) << "names the option, shows nothing";
}

}  // namespace
}  // namespace dlrgw::correlate
