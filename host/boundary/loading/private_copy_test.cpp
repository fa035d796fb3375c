// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/private_copy.hpp"

#include <cstdlib>
#include <fstream>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace dlrgw::host {
namespace {

class PrivateCopyTest : public ::testing::Test {
 protected:
  PrivateCopyTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dlrgw-copy-XXXXXX").string();
    state_dir_ = ::mkdtemp(pattern.data());
  }
  ~PrivateCopyTest() override { std::filesystem::remove_all(state_dir_); }

  std::filesystem::path add_file(const std::string& name) {
    std::filesystem::create_directories(state_dir_ / "plugins");
    const auto path = state_dir_ / "plugins" / name;
    std::ofstream(path) << "old";
    return path;
  }

  std::filesystem::path state_dir_;
  std::vector<std::byte> content_{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
};

// A pid that is certainly free: a child that was reaped.
pid_t dead_pid() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

TEST_F(PrivateCopyTest, NamesItAfterContentAndProcess) {
  const auto copy = write_private_copy(state_dir_, "dlrgw_x.so", content_);
  ASSERT_TRUE(copy) << copy.error().text;
  EXPECT_EQ(copy->sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4, "abc"
  const std::string name = copy->path.filename().string();
  EXPECT_TRUE(name.starts_with("dlrgw_x.ba7816bf8f01." + std::to_string(::getpid()) + "-")) << name;
  EXPECT_TRUE(name.ends_with(".so"));
  struct stat info {};
  ASSERT_EQ(::stat(copy->path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0500u);
  EXPECT_EQ(info.st_size, 3);
}

TEST_F(PrivateCopyTest, EachCopyHasItsOwnInode) {
  const auto first = write_private_copy(state_dir_, "x.so", content_);
  const auto second = write_private_copy(state_dir_, "x.so", content_);
  ASSERT_TRUE(first && second);
  struct stat a {
  }, b{};
  ASSERT_EQ(::stat(first->path.c_str(), &a), 0);
  ASSERT_EQ(::stat(second->path.c_str(), &b), 0);
  EXPECT_NE(a.st_ino, b.st_ino);
}

TEST_F(PrivateCopyTest, ALeftoverOfTheSameNameIsSteppedOver) {
  const auto first = write_private_copy(state_dir_, "x.so", content_);
  ASSERT_TRUE(first);
  // The next three numbers are taken, as if an earlier process had had our pid.
  const std::string name = first->path.filename().string();
  const auto dash = name.rfind('-');
  const int number = std::stoi(name.substr(dash + 1));
  for (int i = 1; i <= 3; ++i) add_file(name.substr(0, dash + 1) + std::to_string(number + i) + ".so");
  const auto second = write_private_copy(state_dir_, "x.so", content_);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->path.filename().string(), name.substr(0, dash + 1) + std::to_string(number + 4) + ".so");
}

TEST_F(PrivateCopyTest, RemovesOnlyCopiesOfTheDead) {
  const auto dead = add_file("x.0123456789ab." + std::to_string(dead_pid()) + "-1.so");
  const auto alive = add_file("x.0123456789ab." + std::to_string(::getppid()) + "-1.so");
  const auto other = add_file("notes.txt");
  const auto similar = add_file("x.0123456789ab.so");
  const auto removed = remove_dead_copies(state_dir_);
  ASSERT_TRUE(removed);
  EXPECT_EQ(*removed, 1u);
  EXPECT_FALSE(std::filesystem::exists(dead));
  EXPECT_TRUE(std::filesystem::exists(alive));
  EXPECT_TRUE(std::filesystem::exists(other));
  EXPECT_TRUE(std::filesystem::exists(similar));
}

TEST_F(PrivateCopyTest, KeepsItsOwn) {
  const auto copy = write_private_copy(state_dir_, "x.so", content_);
  ASSERT_TRUE(copy);
  ASSERT_TRUE(remove_dead_copies(state_dir_));
  EXPECT_TRUE(std::filesystem::exists(copy->path));
}

TEST_F(PrivateCopyTest, LeavesNothingOfItsOwnAtItsEnd) {
  const auto copy = write_private_copy(state_dir_, "x.so", content_);
  ASSERT_TRUE(copy);
  remove_copies_of_this_process();
  EXPECT_FALSE(std::filesystem::exists(copy->path));
}

TEST_F(PrivateCopyTest, WithoutADirectoryThereIsNothingToRemove) {
  const auto removed = remove_dead_copies(state_dir_ / "none");
  ASSERT_TRUE(removed);
  EXPECT_EQ(*removed, 0u);
}

TEST_F(PrivateCopyTest, AStateDirectoryThatIsAFileIsNamed) {
  std::ofstream(state_dir_ / "file") << "x";
  const auto copy = write_private_copy(state_dir_ / "file", "x.so", content_);
  ASSERT_FALSE(copy);
  EXPECT_EQ(copy.error().text, "private plugin copy " + (state_dir_ / "file" / "plugins").string() +
                                   ": the directory cannot be made: Not a directory; check the state directory");
}

}  // namespace
}  // namespace dlrgw::host
