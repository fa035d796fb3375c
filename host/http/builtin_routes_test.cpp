// SPDX-License-Identifier: Apache-2.0
#include "http/builtin_routes.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

class BuiltinRoutes : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(builtin_routes(
        router_, [] { return true; }, [this] { return checks_; }, [] { return std::string("a_total 1\n"); }));
  }
  HttpResponse get(Listener listener, std::string_view path) {
    const auto match = router_.match(listener, "GET", path);
    return match.route == nullptr ? HttpResponse{404, "", "", {}} : match.route->handler({});
  }
  std::vector<ReadyCheck> checks_;
  Router router_;
};

TEST_F(BuiltinRoutes, LiveIsAlwaysOk) {
  checks_ = {{"nats", ReadyState::kUnavailable, ""}};
  EXPECT_EQ(get(Listener::kPublic, "/live").status, 200U);
  EXPECT_EQ(get(Listener::kAdmin, "/live").status, 200U);
}

TEST_F(BuiltinRoutes, ReadyIsAsBadAsItsWorstCheck) {
  EXPECT_EQ(get(Listener::kPublic, "/ready").body, R"({"status":"ok","checks":{}})");
  checks_ = {{"nats", ReadyState::kOk, ""}, {"redis", ReadyState::kDegraded, "no \"answer\""}};
  const auto degraded = get(Listener::kAdmin, "/ready");
  EXPECT_EQ(degraded.status, 200U);
  EXPECT_EQ(degraded.body, R"({"status":"degraded","checks":{"nats":{"state":"ok","detail":""},)"
                           R"("redis":{"state":"degraded","detail":"no \"answer\""}}})");
  checks_[0].state = ReadyState::kUnavailable;
  EXPECT_EQ(get(Listener::kPublic, "/ready").status, 503U);
  EXPECT_TRUE(get(Listener::kPublic, "/ready").body.starts_with(R"({"status":"unavailable")"));
}

TEST_F(BuiltinRoutes, TheWorldHearsStatesAndNoSentences) {
  checks_ = {{"postgresql", ReadyState::kUnavailable, "could not connect to 10.0.0.7 port 5432"}};
  const auto ready = get(Listener::kPublic, "/ready");
  EXPECT_EQ(ready.status, 503U);
  EXPECT_EQ(ready.body, R"({"status":"unavailable","checks":{"postgresql":{"state":"unavailable"}}})");
}

TEST_F(BuiltinRoutes, MetricsOnTheAdminListenerOnly) {
  EXPECT_EQ(get(Listener::kPublic, "/metrics").status, 404U);
  const auto metrics = get(Listener::kAdmin, "/metrics");
  EXPECT_EQ(metrics.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(metrics.body, "a_total 1\n");
}

}  // namespace
}  // namespace dlrgw::host
