// SPDX-License-Identifier: Apache-2.0
#include "support/time_text.hpp"

#include <gtest/gtest.h>

#include <dlrgw/cpp/text.hpp>

namespace dlrgw::host {
namespace {

constexpr std::int64_t kAt = 1'795'412'740'123'456;  // 2026-11-23T05:45:40.123456Z

TEST(TimeText, WritesAndReadsBack) {
  EXPECT_EQ(rfc3339_ms(kAt), "2026-11-23T05:45:40.123Z");
  std::string us;
  append_rfc3339(us, kAt, 6);
  EXPECT_EQ(us, "2026-11-23T05:45:40.123456Z");
  EXPECT_EQ(parse_rfc3339(us), kAt);
  EXPECT_EQ(parse_postgres_time("2026-11-23 05:45:40.123456+00"), kAt);
  EXPECT_EQ(parse_postgres_time("2026-11-23 05:45:40+00"), kAt - 123'456);
}

TEST(TimeText, AppliesOffsets) {
  EXPECT_EQ(parse_rfc3339("2026-11-23T11:15:40.123456+05:30"), kAt);
  EXPECT_EQ(parse_rfc3339("2026-11-23T11:15:40.123456+0530"), kAt);
  EXPECT_EQ(parse_rfc3339("2026-11-23T10:45:40.123456+05"), kAt);
  EXPECT_EQ(parse_rfc3339("2026-11-23 11:15:40.123456 +0530"), kAt);
  EXPECT_EQ(parse_rfc3339("2026-11-22T21:45:40.123456789-08:00"), kAt);
}

TEST(TimeText, ReadsWhatSomeSendersMeanByNoTime) {
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59Z"), -1'000'000);
  EXPECT_EQ(parse_rfc3339("0001-01-01T00:00:00Z"), -62'135'596'800'000'000);
}

TEST(TimeText, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T05:60:00Z",
        "2026-11-23T05:45:60Z", "2026-11-23T05:45:40", "2026-11-23T05:45:40.Z", "2026-11-23T05:45:40.1234567890Z",
        "2026-11-23T05:45:40Zx", "0000-12-31T23:59:59Z", "2026-11-23T05:45:40+053", "20261123T054540Z",
        "2026-11-23T05:45:40 ", "2026-11-23T05:45:40  Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace dlrgw::host
