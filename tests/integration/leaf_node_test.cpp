// SPDX-License-Identifier: Apache-2.0
// The gateway connects to a leaf node; JetStream with stream, consumer and events is at the hub, under a domain of its
// own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "support/child_process.hpp"
#include "support/port_lease.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Beside a gateway it asks for in its options, it has JetStream itself, so that only the domain leads to the hub.
class LeafNode : public testing::Test {
 protected:
  LeafNode() {
    scenario_.nats().become_hub("hub", hub_port_.port());
    const std::string permissions =
        scenario_.gateway()
            .run_cli({"provision", "--config", scenario_.gateway().config_path(), "--print-permissions"}, domain_)
            .out;
    EXPECT_THAT(permissions, HasSubstr("$JS.hub.API.CONSUMER.MSG.NEXT.SMS_DLR.dlr-processor"));
    const std::string config =
        "listen: \"127.0.0.1:" + std::to_string(port_.port()) + "\"\nserver_name: leaf\njetstream { domain: leaf, " +
        "store_dir: \"" + dir_.make_dir("jetstream") + "\" }\n" +
        "leafnodes { remotes: [ { url: \"nats-leaf://leaf:leaf@127.0.0.1:" + std::to_string(hub_port_.port()) +
        "\" } ] }\n" +
        "authorization { users: [\n  { user: admin, password: admin }\n  { user: dlr-processor, password: p\n" +
        permissions + "  }\n] }\n";
    SpawnOptions options;
    options.argv = {"nats-server", "-c", dir_.write_file("leaf.conf", config)};
    options.stdout_path = dir_.path() + "/leaf.log";
    server_ = ChildProcess(options);
  }
  [[nodiscard]] std::string url(const std::string& login) const {
    return "nats://" + login + "127.0.0.1:" + std::to_string(port_.port());
  }
  [[nodiscard]] std::map<std::string, std::string> at_the_leaf(std::map<std::string, std::string> env) const {
    env["DLRGW_NATS_URL"] = url("dlr-processor:p@");
    return env;
  }
  [[nodiscard]] CliResult provision(const std::map<std::string, std::string>& env) {
    return scenario_.gateway().run_cli(
        {"provision", "--config", scenario_.gateway().config_path(), "--nats-url", url("admin:admin@")}, env);
  }

  const std::map<std::string, std::string> domain_{{"DLRGW_NATS_DOMAIN", "hub"}};
  const TempDir dir_;
  PortLease hub_port_, port_;
  Scenario scenario_;
  ChildProcess server_;
};

TEST_F(LeafNode, AReceiptGoesThroughToTheHubAndItsEventsToo) {
  ASSERT_TRUE(eventually([&] { return provision(domain_).exit_code == 0; })) << read_file(dir_.path() + "/leaf.log");
  EXPECT_THAT(provision(domain_).out, HasSubstr("stream SMS_DLR is as it should be"));
  for (const auto& env : {domain_, std::map<std::string, std::string>{{"DLRGW_NATS_API_PREFIX", "$JS.hub.API"}}}) {
    const CliResult checked = scenario_.gateway().run_cli(
        {"check", "--connect", "--config", scenario_.gateway().config_path()}, at_the_leaf(env));
    EXPECT_THAT(checked.out, AllOf(HasSubstr("ok    nats.stream: "), HasSubstr("ok    nats.consumer: "),
                                   HasSubstr("ok    nats.publish: ")))
        << checked.err;
    GatewayOptions options;
    options.env = at_the_leaf(env);
    GatewayProcess gateway(scenario_.servers(), options);
    gateway.start();
    ASSERT_TRUE(gateway.wait_ready()) << gateway.admin_get("/ready").body << read_file(dir_.path() + "/leaf.log");
    const auto messages = scenario_.add_messages(3);
    scenario_.publish(scenario_.receipts_for(messages, "DELIVRD"));
    ASSERT_TRUE(scenario_.wait_settled());
    const auto events = scenario_.events_by_message("billing.events");
    for (const Message& message : messages) EXPECT_EQ(events.count(message.message_id), 1U);
    EXPECT_EQ(gateway.terminate(), 0);
  }
  EXPECT_EQ(scenario_.count_rows("dlr.delivery_receipts"), 6);
}

TEST_F(LeafNode, WithoutTheDomainTheStreamIsNotFound) {
  ASSERT_TRUE(eventually([&] { return provision(domain_).exit_code == 0; }));
  const CliResult checked = scenario_.gateway().run_cli(
      {"check", "--connect", "--config", scenario_.gateway().config_path()}, at_the_leaf({}));
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.out, HasSubstr("FAIL  nats.stream: "));
}

}  // namespace
}  // namespace dlrgw::test
