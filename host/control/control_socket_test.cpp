// SPDX-License-Identifier: Apache-2.0
#include "control/control_socket.hpp"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace dlrgw::host {
namespace {

namespace fs = std::filesystem;

class ControlSocketTest : public ::testing::Test {
 protected:
  ControlSocketTest() {
    std::string pattern = (fs::temp_directory_path() / "dlrgw-control-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~ControlSocketTest() override { fs::remove_all(directory_); }

  static Result<std::string> echo(std::string_view request) {
    if (request == "reload") return std::string("generation 2 runs");
    return Error{ErrorCode::kInvalid, "\"" + std::string(request) + "\" is not known\nsecond line"};
  }
  fs::path directory_;
};

TEST_F(ControlSocketTest, AnswersAndRefuses) {
  ControlSocket socket(directory_, echo);
  const Status started = socket.start();
  ASSERT_TRUE(started) << started.error().text;
  for (int i = 0; i < 3; ++i) {
    const auto done = ask_gateway(directory_, "reload");
    ASSERT_TRUE(done) << done.error().text;
    EXPECT_EQ(*done, "generation 2 runs");
  }
  const auto refused = ask_gateway(directory_, "explode");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text, "\"explode\" is not known\nsecond line");
}

TEST_F(ControlSocketTest, OnlyItsOwnUserMayConnect) {
  ControlSocket socket(directory_, echo);
  ASSERT_TRUE(socket.start());
  struct stat info {};
  ASSERT_EQ(::stat((directory_ / "control.sock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(ControlSocketTest, WithoutAGatewayTheAnswerSaysWhatToDo) {
  const auto nobody = ask_gateway(directory_, "reload");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().text,
            "no gateway answers on " + (directory_ / "control.sock").string() +
                ": No such file or directory; start it, or name its state directory with --state-dir");
  EXPECT_EQ(nobody.error().code, ErrorCode::kUnavailable);
}

TEST_F(ControlSocketTest, TakesOverTheSocketOfADeadProcessAndRemovesItsOwn) {
  {
    std::FILE* left = std::fopen((directory_ / "control.sock").c_str(), "w");
    std::fclose(left);
  }
  {
    ControlSocket socket(directory_, echo);
    ASSERT_TRUE(socket.start());
    EXPECT_TRUE(ask_gateway(directory_, "reload"));
  }
  EXPECT_FALSE(fs::exists(directory_ / "control.sock"));
}

TEST_F(ControlSocketTest, ADeepStateDirectoryIsNoObstacle) {
  const fs::path deep = directory_ / std::string(120, 'd');
  fs::create_directories(deep);
  ControlSocket socket(deep, echo);
  const Status started = socket.start();
  ASSERT_TRUE(started) << started.error().text;
  EXPECT_TRUE(ask_gateway(deep, "reload"));
}

}  // namespace
}  // namespace dlrgw::host
