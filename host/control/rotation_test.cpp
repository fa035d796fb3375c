// SPDX-License-Identifier: Apache-2.0
#include "control/rotation.hpp"

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

class RotationTest : public ::testing::Test {
 protected:
  RotationTest() : folder_(std::filesystem::temp_directory_path() / ("dlrgw-rotation-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    write("cert", "1");
    write("key", "1");
    rotation_.add("http.tls_cert", {file("cert"), file("key"), {}}, [this]() -> Status {
      ++taken_;
      if (usable_) return {};
      return Error{ErrorCode::kInvalid, "cannot be used"};
    });
  }
  ~RotationTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string file(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name) + ".new", std::ios::binary) << text;
    std::filesystem::rename(file(name) + ".new", file(name));
  }
  void look_twice() {
    rotation_.look();
    rotation_.look();
  }
  [[nodiscard]] std::size_t warnings() const {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = logged_.find("dlr.rotation.refused", at)) != std::string::npos; ++at) ++count;
    return count;
  }

  std::filesystem::path folder_;
  std::string logged_;
  Logger log_{"test", Level::kInfo, [this](std::string_view line) { logged_ += line; }};
  Rotation rotation_{log_};
  int taken_ = 0;
  bool usable_ = true;
};

TEST_F(RotationTest, TakesOverWhatChangedOnce) {
  look_twice();
  EXPECT_EQ(taken_, 0);
  write("key", "22");
  look_twice();
  look_twice();
  EXPECT_EQ(taken_, 1);
  EXPECT_THAT(logged_, HasSubstr("dlr.rotation.done"));
}

TEST_F(RotationTest, WaitsForTheSecondFileOfAPair) {
  write("cert", "22");
  rotation_.look();
  write("key", "22");
  rotation_.look();
  EXPECT_EQ(taken_, 0) << "the files still change";
  rotation_.look();
  EXPECT_EQ(taken_, 1);
}

TEST_F(RotationTest, WarnsOnceOfAFileThatCannotBeUsed) {
  usable_ = false;
  write("cert", "22");
  look_twice();
  look_twice();
  EXPECT_EQ(taken_, 1);
  EXPECT_EQ(warnings(), 1U);
  std::filesystem::remove(file("cert"));
  look_twice();
  EXPECT_EQ(warnings(), 2U) << "it changed again";
}

TEST_F(RotationTest, AReloadLooksAtOnceAndSaysWhatWasTakenOver) {
  EXPECT_THAT(*rotation_.look_now(), IsEmpty());
  write("cert", "22");
  EXPECT_THAT(*rotation_.look_now(), ElementsAre("http.tls_cert"));
  EXPECT_THAT(*rotation_.look_now(), IsEmpty());
  write("cert", "333");
  look_twice();
  EXPECT_THAT(*rotation_.look_now(), ElementsAre("http.tls_cert")) << "taken over a moment ago";
}

TEST_F(RotationTest, AReloadFailsForAsLongAsAFileCannotBeUsed) {
  usable_ = false;
  write("cert", "22");
  look_twice();
  for (int ask = 0; ask < 2; ++ask) {
    const auto told = rotation_.look_now();
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().text, "http.tls_cert: cannot be used");
  }
  EXPECT_EQ(warnings(), 1U);
  usable_ = true;
  write("cert", "333");
  EXPECT_THAT(*rotation_.look_now(), ElementsAre("http.tls_cert"));
}

}  // namespace
}  // namespace dlrgw::host
