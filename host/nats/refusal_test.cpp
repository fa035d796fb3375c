// SPDX-License-Identifier: Apache-2.0
#include "nats/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::HasSubstr;

TEST(NatsRefusal, EachCauseSaysWhatToDo) {
  EXPECT_THAT(why_refused(NATS_CONNECTION_AUTH_FAILED, "(conn.c:1905): Authorization Violation"),
              HasSubstr("refuses the login (Authorization Violation); correct nats.user"));
  EXPECT_THAT(why_refused(NATS_SECURE_CONNECTION_REQUIRED, ""), HasSubstr("wants TLS; write tls://"));
  EXPECT_THAT(why_refused(NATS_SECURE_CONNECTION_WANTED, ""), HasSubstr("offers no TLS; write nats://"));
  EXPECT_THAT(why_refused(NATS_SSL_ERROR,
                          "(conn.c:733): SSL handshake error: 20:unable to get local issuer "
                          "certificate:depth=0:cert=/CN=a:issuer=/CN=b"),
              HasSubstr("nats.tls_ca has to hold"));
  EXPECT_THAT(why_refused(NATS_SSL_ERROR, "bad certificate"), HasSubstr("may not accept nats.tls_cert"));
  EXPECT_EQ(why_refused(NATS_NO_SERVER, "x"), "no server answers at nats.url");
  EXPECT_THAT(why_refused(NATS_PROTOCOL_ERROR, "Expected 'PONG', got ''"), HasSubstr("may want a client certificate"));
  EXPECT_EQ(why_refused(NATS_PROTOCOL_ERROR, "what"), "the server does not speak NATS (what)");
  EXPECT_THAT(why_refused(NATS_NO_MEMORY, "what"), HasSubstr("(what)"));
}

}  // namespace
}  // namespace dlrgw::host
