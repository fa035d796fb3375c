// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/file_trust.hpp"

#include <cstdlib>
#include <fstream>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace dlrgw::host {
namespace {

constexpr uid_t kGateway = 990;

TEST(FileTrust, FilesOfRootAndOfTheRunningUserAreRun) {
  EXPECT_TRUE(check_file_trust("/p/x.so", {0, S_IFREG | 0755}, kGateway));
  EXPECT_TRUE(check_file_trust("/p/x.so", {kGateway, S_IFREG | 0775}, kGateway));
}

TEST(FileTrust, AFileOfAnotherUserIsRefused) {
  const Status s = check_file_trust("/p/x.so", {1000, S_IFREG | 0755}, kGateway);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, ErrorCode::kDenied);
  EXPECT_EQ(s.error().text,
            "plugin file /p/x.so: belongs to user 1000, so it is not run; only files of root or of the gateway's own "
            "user (990) are; chown root /p/x.so");
}

TEST(FileTrust, AFileThatAnyoneMayWriteIsRefused) {
  const Status s = check_file_trust("/p/x.so", {0, S_IFREG | 0757}, kGateway);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().text, "plugin file /p/x.so: anyone may write it, so it is not run; chmod o-w /p/x.so");
}

TEST(FileTrust, OnlyRegularFilesAreRead) {
  const auto directory = read_trusted_file("/proc");
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().text, "plugin file /proc: is not a regular file");
  const auto missing = read_trusted_file("/nonexistent/x.so");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().text, "plugin file /nonexistent/x.so: cannot be opened: No such file or directory");
}

class FileTrustOnDisk : public ::testing::Test {
 protected:
  FileTrustOnDisk() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dlrgw-trust-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    std::ofstream(directory_ / "x.so") << "bytes";
  }
  ~FileTrustOnDisk() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_;
};

TEST_F(FileTrustOnDisk, ReadsTheWholeFile) {
  ::chmod((directory_ / "x.so").c_str(), 0644);
  const auto content = read_trusted_file(directory_ / "x.so");
  ASSERT_TRUE(content);
  EXPECT_EQ(content->size(), 5u);
}

TEST_F(FileTrustOnDisk, JudgesTheTargetOfALink) {
  ::chmod((directory_ / "x.so").c_str(), 0646);
  std::filesystem::create_symlink("x.so", directory_ / "link.so");
  EXPECT_FALSE(read_trusted_file(directory_ / "link.so"));
}

TEST_F(FileTrustOnDisk, APipeDoesNotBlock) {
  ASSERT_EQ(::mkfifo((directory_ / "pipe.so").c_str(), 0600), 0);
  EXPECT_FALSE(read_trusted_file(directory_ / "pipe.so"));
}

TEST_F(FileTrustOnDisk, TheFirstDirectoryThatHasItWins) {
  std::filesystem::create_directory(directory_ / "second");
  std::ofstream(directory_ / "second" / "x.so") << "other";
  const auto found = find_plugin_file("x.so", {"/nonexistent", directory_.string(), (directory_ / "second").string()});
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, directory_ / "x.so");
  EXPECT_TRUE(find_plugin_file((directory_ / "x.so").string(), {}));
}

TEST(FindPluginFile, NamesWhereItSearched) {
  const auto missing = find_plugin_file("dlrgw_x.so", {"/nonexistent/a", "/nonexistent/b"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(
      missing.error().text,
      "plugin file dlrgw_x.so was not found; searched /nonexistent/a, /nonexistent/b; install it there or correct "
      "\"file\" or \"plugin_dirs\"");
  EXPECT_EQ(find_plugin_file("/nonexistent/x.so", {"/tmp"}).error().text,
            "plugin file /nonexistent/x.so does not exist; install it or correct \"file\"");
}

}  // namespace
}  // namespace dlrgw::host
