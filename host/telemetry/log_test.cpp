// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log.hpp"

#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(Logger, DropsWhatIsBelowItsLevel) {
  std::vector<std::string> lines;
  Logger log("gw", Level::kInfo, [&](std::string_view line) { lines.emplace_back(line); });
  EXPECT_FALSE(log.enabled(Level::kDebug));
  EXPECT_TRUE(log.enabled(Level::kInfo));
  log.emit(Level::kDebug, "hidden", {});
  log.emit(Level::kWarn, "shown", {{"n", std::int64_t{1}}});
  log.set_level(Level::kDebug);
  log.emit(Level::kDebug, "now.shown", {});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], ::testing::HasSubstr(R"("level":"warn","event":"shown","instance":"gw")"));
  EXPECT_THAT(lines[0], ::testing::EndsWith("\"n\":1}\n"));
  EXPECT_THAT(lines[1], ::testing::HasSubstr("now.shown"));
}

TEST(Logger, TextIsNeverAFormat) {
  std::string seen;
  Logger log("gw", Level::kDebug, [&](std::string_view line) { seen = line; });
  log.emit(Level::kInfo, "e", {{"t", std::string_view("{} {0} %s {:>100}")}});
  EXPECT_THAT(seen, ::testing::HasSubstr(R"("t":"{} {0} %s {:>100}")"));
}

TEST(Logger, LevelsHaveNames) {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarn, Level::kError})
    EXPECT_EQ(parse_level(to_string(level)), level);
  EXPECT_EQ(parse_level("verbose"), std::nullopt);
}

TEST(Logger, WritesOneLineAtATimeFromManyThreads) {
  std::vector<std::string> lines;  // unguarded on purpose: the logger must serialise
  Logger log("gw", Level::kDebug, [&](std::string_view line) { lines.emplace_back(line); });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&log] {
      for (int i = 0; i < 500; ++i) log.emit(Level::kInfo, "e", {{"i", std::int64_t{i}}});
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(lines.size(), 2'000U);
}

TEST(Logger, LinesOfAGroupComeTogetherAndInOrder) {
  std::vector<std::string> lines;
  Logger log("gw", Level::kInfo, [&](std::string_view line) { lines.emplace_back(line); });
  Logger other("other", Level::kInfo, [&](std::string_view line) { lines.emplace_back(line); });
  {
    const Logger::Group group(log);
    for (const char* event : {"a", "b"}) log.emit(Level::kInfo, event, {});
    EXPECT_TRUE(lines.empty());
    other.emit(Level::kInfo, "c", {});
    std::thread([&] { log.emit(Level::kInfo, "d", {}); }).join();
    EXPECT_EQ(lines.size(), 2U) << "only this thread's lines to this logger are kept";
  }
  log.emit(Level::kInfo, "e", {});
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_THAT(lines[2], ::testing::HasSubstr(R"("event":"a")"));
  EXPECT_THAT(lines[3], ::testing::AllOf(::testing::HasSubstr(R"("event":"b")"), ::testing::EndsWith("}\n")));
  EXPECT_THAT(lines[4], ::testing::HasSubstr(R"("event":"e")"));
}

TEST(Logger, AGroupOfManyLinesIsWrittenInParts) {
  std::size_t lines = 0;
  Logger log("gw", Level::kInfo, [&](std::string_view) { ++lines; });
  const Logger::Group group(log);
  for (int i = 0; i < 1'000; ++i) log.emit(Level::kInfo, "e", {{"i", std::int64_t{i}}});
  EXPECT_GT(lines, 500U);
}

TEST(Logger, WritesToStdout) {
  ::testing::internal::CaptureStdout();
  {
    Logger log("gw", Level::kInfo);
    log.emit(Level::kError, "to.stdout", {});
    EXPECT_EQ(log.dropped(), 0U);
  }
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), ::testing::HasSubstr("\"event\":\"to.stdout\""));
}

}  // namespace
}  // namespace dlrgw::host
