// SPDX-License-Identifier: Apache-2.0
// A private NATS server with the gateway's streams, and the connections of the host's own NATS code to it.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nats/connection.hpp"
#include "nats/provision.hpp"
#include "support/eventually.hpp"
#include "support/nats.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::test {

inline const std::vector<std::string> kOutboundSubjects = {"sms.dlr.aggregated.v1", "sms.dlr.unmatched",
                                                           "billing.events", "webhook.dispatch"};

class NatsFixture : public ::testing::Test {
 protected:
  static host::NatsOptions options(const std::string& url) {
    host::NatsOptions out;
    out.urls = {url};
    return out;
  }
  std::unique_ptr<host::NatsConnection> connect(const std::string& url) {
    auto connection = std::make_unique<host::NatsConnection>(options(url), log);
    const host::Status opened = connection->open();
    EXPECT_TRUE(opened) << opened.error().text;
    return connection;
  }
  std::vector<std::string> provision(host::ProvisionOptions wanted = {.outbound = kOutboundSubjects}) {
    const auto admin = connect(server.admin_url());
    auto done = host::provision(*admin, wanted);
    EXPECT_TRUE(done) << done.error().text;
    return done ? *done : std::vector<std::string>{};
  }
  // Receipts "1" … "count" of the inbound subject.
  void publish_inbound(int count) {
    std::vector<NatsMessage> messages;
    for (int i = 1; i <= count; ++i) messages.push_back({kInboundSubject, std::to_string(i), "", {}, 0});
    server.publish(messages);
  }

  host::Logger log{"test", host::Level::kError};
  TestNats server;
};

}  // namespace dlrgw::test
