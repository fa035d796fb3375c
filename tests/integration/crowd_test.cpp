// SPDX-License-Identifier: Apache-2.0
// A thousand clients that connect and ask for nothing: requests of others are still answered, on both listeners.
#include <memory>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "http/testing/raw_client.hpp"
#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using host::http_test::RawClient;

constexpr int kClients = 1'000;

std::uint16_t port_of(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

void allow_descriptors(rlim_t wanted) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST(Crowd, AThousandSilentConnectionsOfEachListenerKeepNobodyOut) {
  const AdminKeys keys;
  Scenario s(with_keys(keys));
  ASSERT_TRUE(started(s));
  ASSERT_NO_FATAL_FAILURE(allow_descriptors(4 * kClients));
  const std::string account = "7d444840-9dc0-11d1-b245-5ffdce74fad2";
  const auto ask = [&](const std::string& address, const std::string& target, const std::string& token) {
    return http_send(address, {"GET", target, {{"Authorization", "Bearer " + token}}, {}}, kPatience).status;
  };
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < kClients; ++i) {
    for (const std::string& address : {s.gateway().public_address(), s.gateway().admin_address()}) {
      silent.push_back(std::make_unique<RawClient>(port_of(address)));
      // Those of the admin listener begin a header and leave it at that.
      if (address == s.gateway().admin_address()) silent.back()->send("GET /li");
    }
    if (i % 250 != 249) continue;
    EXPECT_EQ(ask(s.gateway().public_address(), "/live", {}), 200) << i;
    EXPECT_EQ(ask(s.gateway().public_address(), "/v1/sms/" + account, keys.account_token(account)), 404) << i;
    EXPECT_EQ(ask(s.gateway().admin_address(), "/v1/admin/pipeline", keys.token()), 200) << i;
    EXPECT_EQ(ask(s.gateway().admin_address(), "/metrics", {}), 200) << i;
  }
}

}  // namespace
}  // namespace dlrgw::test
