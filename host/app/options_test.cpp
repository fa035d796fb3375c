// SPDX-License-Identifier: Apache-2.0
#include "app/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(NatsOptions, SayWhoAndHow) {
  Config config;
  config.gateway.instance = "gateway-3";
  config.nats.url = "tls://a:4222,tls://b:4222";
  config.nats.user = "dlr-processor";
  config.nats.password = "secret";
  config.nats.creds_file = "/c";
  config.nats.tls_ca = "/ca";
  config.nats.tls_cert = "/cert";
  config.nats.tls_key = "/key";
  const NatsOptions options = nats_options(config);
  EXPECT_THAT(options.urls, testing::ElementsAre("tls://a:4222,tls://b:4222"));
  EXPECT_EQ(options.name, "dlr-gateway gateway-3");
  EXPECT_EQ(options.user + options.password, "dlr-processorsecret");
  EXPECT_EQ(options.creds_file + options.tls_ca + options.tls_cert + options.tls_key, "/c/ca/cert/key");
  EXPECT_EQ(options.api_prefix, "$JS.API");
  config.nats.domain = "hub";
  EXPECT_EQ(nats_options(config).api_prefix, "$JS.hub.API");
  config.nats.domain.clear();
  config.nats.api_prefix = "js.of.others";
  EXPECT_EQ(nats_options(config).api_prefix, "js.of.others");
}

TEST(NatsOptions, OfAnAdministratorAreThoseOfTheConfigurationButForALoginInTheUrl) {
  Config config;
  config.nats.user = "dlr-processor";
  config.nats.password = "secret";
  config.nats.tls_ca = "/ca";
  config.nats.tls_cert = "/cert";
  config.nats.tls_key = "/key";
  config.nats.domain = "hub";
  const NatsOptions own = administrator_options(config, "tls://admin:pw@a:4222");
  EXPECT_THAT(own.urls, testing::ElementsAre("tls://admin:pw@a:4222"));
  EXPECT_EQ(own.user + own.password, "");
  EXPECT_EQ(own.tls_ca + own.tls_cert + own.tls_key, "/ca/cert/key");
  EXPECT_EQ(own.api_prefix, "$JS.hub.API");
  const NatsOptions configured = administrator_options(config, "tls://a:4222");
  EXPECT_EQ(configured.user + configured.password, "dlr-processorsecret");
  config.nats.creds_file = "/creds";
  EXPECT_EQ(administrator_options(config, "a:4222").creds_file, "/creds");
  EXPECT_EQ(administrator_options(config, "admin:pw@a:4222").creds_file, "");
}

TEST(IntakeOptions, NameStreamAndConsumerAndBoundWhatWaits) {
  Config config;
  config.intake.stream = "SMS_DLR_2";
  config.intake.durable = "dlr-processor-2";
  config.intake.subject = "sms.dlr.part.2";
  config.intake.batch_max = 64;
  config.intake.max_parked = 500;
  config.intake.max_ack_pending = 5'000;
  const IntakeOptions options = intake_options(config, 7);
  EXPECT_EQ(options.replica, 7U);
  EXPECT_EQ(options.stream, "SMS_DLR_2");
  EXPECT_EQ(options.consumer, "dlr-processor-2");
  EXPECT_EQ(options.subject, "sms.dlr.part.2");
  EXPECT_EQ(options.max_ack_pending, 5'000);
  EXPECT_EQ(options.limits.batch_max, 64U);
  EXPECT_EQ(options.limits.max_parked, 500U);
  EXPECT_EQ(options.limits.max_remembered, 5'000U) << "no more can wait to be delivered again";
}

TEST(Lanes, OneMoreThanProcessorsWorkAtOnceUnlessAnotherNumberIsConfigured) {
  Config config;
  config.intake.max_concurrency = 10;
  EXPECT_EQ(lane_count(config), 10U);
  EXPECT_EQ(lanes_at_once(config, 2), 3U);
  EXPECT_EQ(lanes_at_once(config, 0), 2U) << "nobody knows how many there are";
  config.intake.max_busy = 7;
  EXPECT_EQ(lanes_at_once(config, 2), 7U);
}

}  // namespace
}  // namespace dlrgw::host
