// SPDX-License-Identifier: Apache-2.0
#include "intake/stream_time.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStream = 1'700'000'000 * kSecond;

TEST(StreamTime, IsUnknownUntilTheServerTellsOne) {
  StreamTime time;
  EXPECT_FALSE(time.at(5 * kSecond));
  time.told(kStream, 5 * kSecond);
  EXPECT_EQ(time.at(5 * kSecond), kStream);
}

TEST(StreamTime, GoesOnWithTheMonotonicClock) {
  StreamTime time;
  time.told(kStream, 5 * kSecond);
  EXPECT_EQ(time.at(65 * kSecond), kStream + 60 * kSecond);
}

// Each is a past time: the one that came soonest says most.
TEST(StreamTime, AReceiptThatHasWaitedTakesNothingBack) {
  StreamTime time;
  time.told(kStream, 5 * kSecond);
  time.told(kStream - 3600 * kSecond, 6 * kSecond);
  EXPECT_EQ(time.at(6 * kSecond), kStream + kSecond);
  time.told(kStream + 3 * kSecond, 7 * kSecond);
  EXPECT_EQ(time.at(7 * kSecond), kStream + 3 * kSecond);
}

TEST(StreamTime, OfAnotherStreamIsAnotherTime) {
  StreamTime time;
  time.told(kStream, 5 * kSecond);
  time.forget();
  EXPECT_FALSE(time.at(6 * kSecond));
}

}  // namespace
}  // namespace dlrgw::host
