// SPDX-License-Identifier: Apache-2.0
#include "control/control_socket.hpp"

#include <cstdlib>
#include <filesystem>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

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
    if (request == "long") return std::string(std::size_t{17} << 20U, 'x');
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

TEST_F(ControlSocketTest, AnotherUserIsToldWhoMay) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  ControlSocket socket(directory_, echo);
  ASSERT_TRUE(socket.start());
  const pid_t other = ::fork();
  if (other == 0) {
    const bool somebody = ::setgid(65534) == 0 && ::setuid(65534) == 0;
    const auto refused = ask_gateway(directory_, "reload");
    ::_exit(somebody && !refused && refused.error().text.ends_with("the gateway's own user and root may") ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(::waitpid(other, &status, 0), other);
  EXPECT_EQ(status, 0);
}

TEST_F(ControlSocketTest, AnAnswerThatIsTooLongIsNotCut) {
  ControlSocket socket(directory_, echo);
  ASSERT_TRUE(socket.start());
  const auto refused = ask_gateway(directory_, "long");
  ASSERT_FALSE(refused) << refused->size();
  EXPECT_TRUE(refused.error().text.ends_with("answers more than 16 MiB; ask for less"));
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
