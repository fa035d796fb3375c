// SPDX-License-Identifier: Apache-2.0
#include "config/restart_needed.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> after(const std::function<void(Config&)>& edit) {
  const Config running;
  Config next;
  edit(next);
  return restart_needed(running, next);
}

TEST(RestartNeeded, ForWhatBelongsToTheProcess) {
  EXPECT_THAT(after([](Config&) {}), IsEmpty());
  EXPECT_THAT(after([](Config& c) { c.gateway.replica = 1; }), ElementsAre("gateway"));
  EXPECT_THAT(after([](Config& c) { c.nats.url = "nats://other:4222"; }), ElementsAre("nats"));
  EXPECT_THAT(after([](Config& c) { c.intake.max_concurrency = 4; }), ElementsAre("intake"));
  EXPECT_THAT(after([](Config& c) { c.storage.dsn = "host=other"; }), ElementsAre("storage"));
  EXPECT_THAT(after([](Config& c) { c.storage.maint.password = "other"; }), ElementsAre("storage"));
  EXPECT_THAT(after([](Config& c) { c.http.public_address.port = 81; }), ElementsAre("http"));
  EXPECT_THAT(after([](Config& c) {
                c.nats.user = "other";
                c.http.jwt_issuer = "other";
              }),
              ElementsAre("nats", "http"));
}

TEST(RestartNeeded, NotForWhatStandsInAPasswordFile) {
  Config running;
  running.nats.password_file = "/run/nats";
  running.storage.svc.password_file = "/run/svc";
  Config next = running;
  next.nats.password = "other";
  next.storage.svc.password = "other";
  EXPECT_THAT(restart_needed(running, next), IsEmpty());
  next.nats.password_file = "/run/other";
  next.storage.svc.password_file.clear();
  EXPECT_THAT(restart_needed(running, next), ElementsAre("nats", "storage"));
}

TEST(RestartNeeded, NotForWhatAReloadTakesOver) {
  EXPECT_THAT(after([](Config& c) {
                c.gateway.log_level = "debug";
                c.gateway.plugin_dirs = {"/opt/plugins"};
                c.http.metrics_open = false;
                c.pipeline.disabled = {"dedup.fingerprint"};
                c.operators.push_back({"mno-a", {}, {}});
                c.plugins.push_back({"acme.so", {}, true, {}, {}});
              }),
              IsEmpty());
}

}  // namespace
}  // namespace dlrgw::host
