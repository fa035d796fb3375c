// SPDX-License-Identifier: Apache-2.0
#include "console_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::admin_http {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kMinute = 60'000'000;

// Receipts up to 10 ms, up to 100 ms, and beyond.
std::string document(int fast, int slow, int slower) {
  const auto text = [](int n) { return std::to_string(n); };
  return R"({"processing":{"receipts":)" + text(fast + slow + slower) + R"(,"buckets":[{"upToMs":10,"receipts":)" +
         text(fast) + R"(},{"upToMs":100,"receipts":)" + text(fast + slow) + R"(},{"upToMs":null,"receipts":)" +
         text(fast + slow + slower) + "}]}}";
}

TEST(ConsoleHistory, DrawsNothingBeforeTheSecondLook) {
  ConsoleHistory history;
  EXPECT_THAT(history.charts(0), Not(HasSubstr("<svg")));
  history.look(document(0, 0, 0), 0);
  EXPECT_THAT(history.charts(kMinute), Not(HasSubstr("<svg")));
}

TEST(ConsoleHistory, TellsTheRateAndTheTimeOfNinetyNineInAHundred) {
  ConsoleHistory history;
  history.look(document(0, 0, 0), 0);
  history.look(document(6000, 0, 0), kMinute);        // 100/s, all within 10 ms
  history.look(document(6000, 600, 0), 2 * kMinute);  // 10/s, between 10 and 100 ms
  const std::string charts = history.charts(2 * kMinute);
  EXPECT_THAT(charts, AllOf(HasSubstr("Receipts per second: 10 lately, 100 at most in the last hour"),
                            HasSubstr("99 of 100 receipts done within: 99 ms lately, 99 ms at most")));
  EXPECT_THAT(charts, AllOf(HasSubstr("y=\"0.0\""), HasSubstr("height=\"8.0\""))) << "the highest bar fills the height";
}

TEST(ConsoleHistory, ABeyondTheLastBoundIsAtLeastThat) {
  ConsoleHistory history;
  history.look(document(0, 0, 0), 0);
  history.look(document(0, 0, 50), kMinute);
  EXPECT_THAT(history.charts(kMinute), HasSubstr("done within: 100 ms lately"));
}

TEST(ConsoleHistory, AMinuteWithoutReceiptsHasNoTime) {
  ConsoleHistory history;
  history.look(document(5, 0, 0), 0);
  history.look(document(5, 0, 0), kMinute);
  EXPECT_THAT(history.charts(kMinute),
              AllOf(HasSubstr("Receipts per second: 0.0 lately"), HasSubstr("done within: none lately")));
}

TEST(ConsoleHistory, ForgetsWhatIsOlderThanAnHourAndWhatAnotherPipelineCounted) {
  ConsoleHistory history;
  history.look(document(0, 0, 0), 0);
  history.look(document(600000, 0, 0), kMinute);
  for (int minute = 2; minute <= 62; ++minute) history.look(document(600000 + minute, 0, 0), minute * kMinute);
  EXPECT_THAT(history.charts(62 * kMinute), Not(HasSubstr("10000 at most")));
  history.look(document(1, 0, 0), 63 * kMinute);
  EXPECT_THAT(history.charts(63 * kMinute), Not(HasSubstr("<svg")));
}

TEST(ConsoleHistory, ADocumentWithoutTheFigureDrawsAnEmptyHour) {
  ConsoleHistory history;
  history.look("{}", 0);
  history.look("{}", kMinute);
  EXPECT_THAT(history.charts(kMinute), AllOf(HasSubstr("<svg"), Not(HasSubstr("<rect"))));
}

}  // namespace
}  // namespace dlrgw::admin_http
