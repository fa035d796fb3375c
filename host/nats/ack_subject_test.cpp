// SPDX-License-Identifier: Apache-2.0
#include "nats/ack_subject.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(AckSubject, ShortForm) {
  const auto ack = parse_ack_subject("$JS.ACK.SMS_DLR.dlr-processor.3.1200.1500.1790000000123456789.42");
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->domain, "");
  EXPECT_EQ(ack->stream, "SMS_DLR");
  EXPECT_EQ(ack->consumer, "dlr-processor");
  EXPECT_EQ(ack->delivered, 3U);
  EXPECT_EQ(ack->stream_seq, 1200U);
  EXPECT_EQ(ack->consumer_seq, 1500U);
  EXPECT_EQ(ack->stream_time_ns, 1790000000123456789);
  EXPECT_EQ(ack->pending, 42U);
}

TEST(AckSubject, LongFormWithAndWithoutItsLastToken) {
  for (const std::string_view text :
       {"$JS.ACK.hub.ACCHASH.S.C.1.2.3.4.5", "$JS.ACK.hub.ACCHASH.S.C.1.2.3.4.5.random"}) {
    const auto ack = parse_ack_subject(text);
    ASSERT_TRUE(ack) << text;
    EXPECT_EQ(ack->domain, "hub");
    EXPECT_EQ(ack->stream, "S");
    EXPECT_EQ(ack->consumer, "C");
    EXPECT_EQ(ack->delivered, 1U);
    EXPECT_EQ(ack->stream_seq, 2U);
    EXPECT_EQ(ack->consumer_seq, 3U);
    EXPECT_EQ(ack->stream_time_ns, 4);
    EXPECT_EQ(ack->pending, 5U);
  }
}

TEST(AckSubject, AnUnderscoreIsNoDomain) {
  const auto ack = parse_ack_subject("$JS.ACK._.ACCHASH.S.C.1.2.3.4.5.random");
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->domain, "");
}

TEST(AckSubject, EverythingElseIsRefused) {
  for (const std::string_view text :
       {"", ".", "_INBOX.abc", "$JS.ACK", "$JS.ACK.S.C.1.2.3.4", "$JS.ACK.S.C.1.2.3.4.x", "$JS.ACK.S.C.-1.2.3.4.5",
        "$JS.ACK.S.C.1.2.3.4.5.6", "$JS.ACK.S.C.1.2..4.5", "$JS.NAK.S.C.1.2.3.4.5",
        "$JS.ACK.S.C.1.2.3.99999999999999999999.5", "$JS.ACK.d.h.S.C.1.2.3.4.5.r.more.tokens"})
    EXPECT_FALSE(parse_ack_subject(text)) << text;
}

}  // namespace
}  // namespace dlrgw::host
