// SPDX-License-Identifier: Apache-2.0
#include "archive_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/cpp/base.hpp>
#include <dlrgw/cpp/hex.hpp>

namespace dlrgw::correlate {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ArchiveFileTest : public ::testing::Test {
 protected:
  ArchiveFileTest() { fs::create_directory(dir_); }
  ~ArchiveFileTest() override { fs::remove_all(dir_); }

  // Written, read back in pieces of that size.
  std::string bytes_of(int rows, std::size_t piece = 1000) {
    ArchiveFile file(dir_);
    for (int i = 0; i < rows; ++i) file.add("{\"n\":" + std::to_string(i) + "}");
    contents_ = file.finish();
    std::string out;
    std::string buffer(piece, '\0');
    for (std::size_t count = 1; count != 0; out.append(buffer, 0, count))
      count = file.read(static_cast<std::int64_t>(out.size()), buffer);
    return out;
  }
  static ArchiveContents checked(std::string_view bytes, std::size_t piece = 1000) {
    ArchiveCheck check;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) check.add(bytes.substr(0, piece));
    return check.finish();
  }

  const std::string dir_ = testing::TempDir() + "/dlrgw-archive-file-" + std::to_string(::getpid());
  ArchiveContents contents_;
};

TEST_F(ArchiveFileTest, WhatGoesInComesOut) {
  for (const int rows : {0, 1, 20'000}) {
    const std::string bytes = bytes_of(rows);
    EXPECT_EQ(contents_.rows, rows);
    EXPECT_EQ(contents_.bytes, static_cast<std::int64_t>(bytes.size()));
    EXPECT_EQ(checked(bytes), contents_);
    EXPECT_EQ(checked(bytes, 1), contents_) << "byte by byte";
    EXPECT_EQ(checked(bytes, bytes.size()), contents_);
  }
}

TEST_F(ArchiveFileTest, TheSameLinesGiveTheSameBytes) { EXPECT_EQ(bytes_of(500), bytes_of(500)); }

TEST_F(ArchiveFileTest, LeavesNoNameBehind) {
  ArchiveFile file(dir_);
  file.add("x");
  EXPECT_TRUE(fs::is_empty(dir_)) << "also when the process is killed now";
}

TEST_F(ArchiveFileTest, EveryDamageIsSeen) {
  const std::string good = bytes_of(100);
  const auto damaged = [&](const std::string& bytes) { return checked(bytes) != contents_; };
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_TRUE(damaged(bad)) << i;
  }
  EXPECT_TRUE(damaged(good.substr(0, good.size() - 1)));
  EXPECT_TRUE(damaged(good + "x"));
  EXPECT_TRUE(damaged(""));
  EXPECT_EQ(checked(good.substr(0, good.size() - 1)).rows, -1) << "cut off";
  EXPECT_EQ(checked(good + "x").rows, -1);
  EXPECT_EQ(checked("no gzip").rows, -1);
  EXPECT_EQ(checked(bytes_of(99)).rows, 99);
}

std::string refusal(const std::string& directory) {
  try {
    ArchiveFile file(directory);
  } catch (const Error& e) {
    return e.what();
  }
  return "taken";
}

TEST_F(ArchiveFileTest, ADirectoryThatCannotBeUsedIsNamed) {
  EXPECT_EQ(refusal(dir_ + "/missing"), "cannot make the temporary file in " + dir_ +
                                            "/missing: No such file or directory; make room there or let archive_dir "
                                            "name another directory");
  std::ofstream(dir_ + "/file") << "x";
  EXPECT_THAT(refusal(dir_ + "/file"), HasSubstr("Not a directory"));
}

}  // namespace
}  // namespace dlrgw::correlate
