// SPDX-License-Identifier: Apache-2.0
#include "event_headers.hpp"

#include <gtest/gtest.h>

namespace dlrgw::outbox {
namespace {

TEST(EventHeaders, HoldOnlyWhatTheSubjectDoesNotSay) {
  EXPECT_EQ(headers_of("billing.events", "billing.events/1", ""), "");
  EXPECT_EQ(headers_of("billing.events", "billing.events/2", ""), R"({"schema":"billing.events/2"})");
  EXPECT_EQ(headers_of("billing.events", "", ""), R"({"schema":""})") << "an event without a schema stays without";
  EXPECT_EQ(headers_of("a.b", "a.b/1", "00-x-y-01"), R"({"traceparent":"00-x-y-01"})");
  EXPECT_EQ(headers_of("a.b", "c", "t"), R"({"schema":"c","traceparent":"t"})");
}

}  // namespace
}  // namespace dlrgw::outbox
