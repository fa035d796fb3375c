// SPDX-License-Identifier: Apache-2.0
// Credentials and certificates of NATS are replaced while receipts flow. The gateway connects to a leaf node, which
// takes it by its keys or its certificate; stream, consumer and events are at the hub.
#include <csignal>

#include <gmock/gmock.h>

#include "security/certificates.hpp"
#include "security/nats_account.hpp"
#include "security/rotation_support.hpp"
#include "support/child_process.hpp"
#include "support/port_lease.hpp"

namespace dlrgw::test {
namespace {

using testing::SizeIs;

class LeafRotation : public RotationTest {
 protected:
  LeafRotation() { scenario_.nats().become_hub("hub", hub_port_.port()); }
  // `account`: whose the way to the hub is; `trust`: which clients are taken.
  void write_config(const std::string& account, const std::string& trust) {
    config_ = dir_.write_file("leaf.conf", "listen: \"127.0.0.1:" + std::to_string(port_.port()) +
                                               "\"\nserver_name: leaf\nleafnodes { remotes: [ { url: " +
                                               "\"nats-leaf://leaf:leaf@127.0.0.1:" + std::to_string(hub_port_.port()) +
                                               "\", account: \"" + account + "\" } ] }\n" + trust);
  }
  void start_leaf() {
    leaf_ = {};
    SpawnOptions options;
    options.argv = {"nats-server", "-c", config_};
    options.stdout_path = dir_.path() + "/leaf.log";
    leaf_ = ChildProcess(options);
  }
  void start_at_the_leaf(const std::string& scheme, std::map<std::string, std::string> env) {
    env["DLRGW_NATS_URL"] = scheme + "://127.0.0.1:" + std::to_string(port_.port());
    env["DLRGW_NATS_DOMAIN"] = "hub";
    start(std::move(env));
    ASSERT_TRUE(gateway_->wait_ready()) << state();
  }
  [[nodiscard]] std::size_t connections() const { return gateway_->logs("dlr.nats.connected").size(); }
  [[nodiscard]] bool connects_again(std::size_t before) {
    return eventually([&] { return connections() > before; }) && gateway_->wait_ready();
  }
  [[nodiscard]] std::string state() const {
    return gateway_->admin_get("/ready").body + read_file(dir_.path() + "/leaf.log");
  }

  PortLease hub_port_, port_;
  std::string config_;
  ChildProcess leaf_;
};

class CredentialsRotation : public LeafRotation {
 protected:
  CredentialsRotation() {
    write_config(account_.id(), account_.trust());
    start_leaf();
  }
  // The leaf reads its configuration again: it ends the sessions of that user.
  void revoke(const std::string& credentials) {
    account_.revoke(credentials);
    write_config(account_.id(), account_.trust());
    leaf_.signal(SIGHUP);
  }

  NatsAccount account_;
  const std::string first_ = account_.new_credentials(), second_ = account_.new_credentials(),
                    third_ = account_.new_credentials();
  const std::string file_ = dir_.write_file("gateway.creds", first_);
};

TEST_F(CredentialsRotation, UnderTraffic) {
  ASSERT_NO_FATAL_FAILURE(start_at_the_leaf("nats", {{"DLRGW_NATS_CREDS_FILE", file_}}));
  Traffic traffic(scenario_);
  ASSERT_TRUE(traffic.goes_on());

  std::size_t before = connections();
  replace_file(file_, second_);  // the file first
  EXPECT_TRUE(says("dlr.rotation.done", "nats.creds_file"));
  EXPECT_EQ(connections(), before) << "a connection that works is not given up";
  revoke(first_);
  ASSERT_TRUE(connects_again(before)) << state();
  ASSERT_TRUE(traffic.goes_on());

  before = connections();
  revoke(second_);  // the server first
  ASSERT_TRUE(eventually([&] { return gateway_->get("/ready").status == 503; }));
  replace_file(file_, third_);
  ASSERT_TRUE(connects_again(before)) << state();
  ASSERT_TRUE(traffic.goes_on());

  ASSERT_THAT(gateway_->logs("dlr.rotation.refused"), SizeIs(0));
  replace_file(file_, "no JWT and no seed");
  EXPECT_TRUE(says("dlr.rotation.refused", "holds no JWT and seed of a NATS user"));
  before = connections();
  start_leaf();
  ASSERT_TRUE(connects_again(before)) << "the earlier one serves on";
  ASSERT_TRUE(traffic.goes_on());
  EXPECT_THAT(gateway_->logs("dlr.rotation.refused"), SizeIs(1));

  const std::size_t taken_over = gateway_->logs("dlr.rotation.done").size();
  replace_file(file_, NatsAccount().new_credentials());  // well-formed, but of nobody whom the server knows
  EXPECT_TRUE(eventually([&] { return gateway_->logs("dlr.rotation.done").size() > taken_over; }));
  before = connections();
  start_leaf();
  ASSERT_TRUE(connects_again(before)) << "the earlier one serves on";
  ASSERT_TRUE(traffic.goes_on());
  EXPECT_THAT(gateway_->logs("dlr.rotation.refused"), SizeIs(1)) << "nobody has refused what was not tried";
  expect_all(traffic.stop());
}

class ClientCertificateRotation : public LeafRotation {
 protected:
  // The leaf shows a certificate of this authority and takes clients of the same.
  void serve(const Certificates& authority) {
    const Certificates::Pair server = authority.issue("nats");
    write_config("A", "tls { cert_file: \"" + server.certificate + "\", key_file: \"" + server.key + "\", ca_file: \"" +
                          authority.authority() +
                          "\", verify: true }\naccounts { A { users: [ { user: u, password: p } ] } }\n");
    start_leaf();
  }
  void put(const Certificates& authority) const {
    const Certificates::Pair client = authority.issue("dlr-processor");
    replace_file(path("key.pem"), read_file(client.key));
    replace_file(path("cert.pem"), read_file(client.certificate));
    replace_file(path("ca.pem"), read_file(authority.authority()));
  }
  [[nodiscard]] std::string path(const std::string& name) const { return dir_.path() + "/" + name; }

  const Certificates old_, next_;
};

TEST_F(ClientCertificateRotation, OfNatsUnderTraffic) {
  serve(old_);
  put(old_);
  ASSERT_NO_FATAL_FAILURE(start_at_the_leaf("tls", {{"DLRGW_NATS_USER", "u"},
                                                    {"DLRGW_NATS_PASSWORD", "p"},
                                                    {"DLRGW_NATS_TLS_CA", path("ca.pem")},
                                                    {"DLRGW_NATS_TLS_CERT", path("cert.pem")},
                                                    {"DLRGW_NATS_TLS_KEY", path("key.pem")}}));
  Traffic traffic(scenario_);
  ASSERT_TRUE(traffic.goes_on());
  std::size_t before = connections();
  put(next_);
  EXPECT_TRUE(says("dlr.rotation.done", "nats.tls_cert"));
  EXPECT_EQ(connections(), before) << "a connection that works is not given up";
  serve(next_);
  ASSERT_TRUE(connects_again(before)) << state();
  ASSERT_TRUE(traffic.goes_on());

  const std::size_t warned = gateway_->logs("dlr.rotation.refused").size();  // between the files that belong together
  replace_file(path("key.pem"), "no key");
  EXPECT_TRUE(eventually([&] { return gateway_->logs("dlr.rotation.refused").size() == warned + 1; }));
  before = connections();
  start_leaf();
  ASSERT_TRUE(connects_again(before)) << "the earlier ones serve on";
  ASSERT_TRUE(traffic.goes_on());
  EXPECT_EQ(gateway_->logs("dlr.rotation.refused").size(), warned + 1);
  expect_all(traffic.stop());
}

}  // namespace
}  // namespace dlrgw::test
