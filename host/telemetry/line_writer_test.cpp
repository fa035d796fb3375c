// SPDX-License-Identifier: Apache-2.0
#include "telemetry/line_writer.hpp"

#include <array>
#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using std::chrono::milliseconds;

class LineWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::pipe(ends_.data()), 0);
    ASSERT_GT(::fcntl(ends_[1], F_SETPIPE_SZ, 8192), 0);
    ASSERT_EQ(::fcntl(ends_[0], F_SETFL, O_NONBLOCK), 0);
  }
  void TearDown() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  std::string drain() {
    std::string out;
    std::array<char, 8192> buffer{};
    for (ssize_t n = 0; (n = ::read(ends_[0], buffer.data(), buffer.size())) > 0;)
      out.append(buffer.data(), static_cast<std::size_t>(n));
    return out;
  }
  std::array<int, 2> ends_{};
};

TEST_F(LineWriterTest, WritesLines) {
  LineWriter writer(ends_[1], milliseconds{1});
  EXPECT_TRUE(writer.write("a\n"));
  EXPECT_TRUE(writer.write("b\n"));
  EXPECT_EQ(drain(), "a\nb\n");
  EXPECT_EQ(writer.dropped(), 0U);
}

TEST_F(LineWriterTest, CountsEachDroppedLine) {
  LineWriter writer(ends_[1], milliseconds{1});
  EXPECT_TRUE(writer.write(std::string(20'000, 'x') + "\n"));
  EXPECT_FALSE(writer.write("a\nb\nc\n"));
  EXPECT_EQ(writer.dropped(), 3U);
}

TEST_F(LineWriterTest, AStuckReaderCostsLinesAndNotTime) {
  LineWriter writer(ends_[1], milliseconds{200});  // waited for by each of the lines, it is longer than ctest waits
  const std::string line = std::string(999, 'x') + "\n";
  for (int i = 0; i < 5'000; ++i) writer.write(line);
  EXPECT_GT(writer.dropped(), 4'900U);

  std::string seen = drain();
  EXPECT_TRUE(writer.write("after\n"));
  seen += drain();
  EXPECT_TRUE(seen.ends_with("x\nafter\n")) << "a line was torn";
  EXPECT_EQ((seen.size() - 6) % line.size(), 0U);
}

TEST_F(LineWriterTest, ALineLargerThanThePipeIsCompletedBeforeTheNext) {
  LineWriter writer(ends_[1], milliseconds{1});
  const std::string line = std::string(20'000, 'y') + "\n";
  EXPECT_TRUE(writer.write(line));
  std::string seen = drain();
  EXPECT_FALSE(writer.write("lost\n"));
  for (int i = 0; i < 6; ++i) {
    seen += drain();
    writer.write("next\n");
  }
  seen += drain();
  EXPECT_TRUE(seen.starts_with(line)) << seen.size();
  EXPECT_EQ(seen.find("lost"), std::string::npos);
}

}  // namespace
}  // namespace dlrgw::host
