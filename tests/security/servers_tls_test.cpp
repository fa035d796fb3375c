// SPDX-License-Identifier: Apache-2.0
// NATS and PostgreSQL under TLS, with the authority checked; NATS with a client's certificate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "nats/connection.hpp"
#include "security/certificates.hpp"
#include "security/nats_account.hpp"
#include "support/child_process.hpp"
#include "support/port_lease.hpp"

namespace dlrgw::test {
namespace {

TEST(Us014PostgresTls, EveryRoleConnectsUnderTlsAndNotToAStranger) {
  const Certificates certificates;
  const Certificates::Pair server = certificates.issue("postgres", "postgres");
  ScenarioOptions options;
  options.postgres.settings = {"ssl=on", "ssl_cert_file=" + server.certificate, "ssl_key_file=" + server.key};
  Scenario s(options);
  const auto dsn = [&](const std::string& authority) {
    return s.postgres().dsn() + " sslmode=verify-full sslrootcert=" + authority;
  };
  GatewayOptions secured;
  secured.env["DLRGW_PG"] = dsn(certificates.authority());
  GatewayProcess gateway(s.servers(), secured);
  gateway.start();
  ASSERT_TRUE(gateway.wait_ready()) << gateway.error_output();
  EXPECT_GE(s.postgres().count("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = "
                               "'dlr_svc' AND ssl"),
            1);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename LIKE "
                               "'dlr%' AND NOT ssl"),
            0);
  EXPECT_EQ(gateway.terminate(), 0);

  const Certificates others;
  secured.env["DLRGW_PG"] = dsn(others.authority());
  GatewayProcess deceived(s.servers(), secured);
  deceived.start();
  EXPECT_TRUE(eventually([&] {
    return deceived.admin_get("/ready").body.find("certificate verify failed") != std::string::npos;
  })) << deceived.admin_get("/ready").body;
  EXPECT_EQ(deceived.get("/ready").status, 503);
}

bool connects(const host::NatsOptions& options, host::Logger& log) {
  host::NatsConnection connection(options, log);
  (void)connection.open();  // fails at once or keeps trying
  return eventually([&] { return connection.connected(); });
}

// By a server that is up.
bool is_refused(const host::NatsOptions& options, host::Logger& log) {
  host::NatsConnection connection(options, log);
  const host::Status first = connection.open();
  return !first && stays([&] { return !connection.connected(); });
}

// Told again and again: at the first attempt the server may not be up yet.
void expect_said(const host::NatsOptions& options, host::Logger& log, const std::string& sentence) {
  host::NatsConnection connection(options, log);
  const host::Status first = connection.open();
  ASSERT_TRUE(first || first.error().code == host::ErrorCode::kUnavailable) << first.error().text;
  EXPECT_TRUE(eventually([&] { return connection.last_error().find(sentence) != std::string::npos; }))
      << connection.last_error();
}

class NatsTls : public testing::Test {
 protected:
  void SetUp() override { serve(certificates_); }
  // Started anew with a certificate of this authority; it takes clients of the same.
  void serve(const Certificates& authority) {
    const Certificates::Pair server = authority.issue("nats");
    const std::string config = "listen: \"127.0.0.1:" + std::to_string(port_.port()) + "\"\n" + "tls { cert_file: \"" +
                               server.certificate + "\", key_file: \"" + server.key + "\", ca_file: \"" +
                               authority.authority() + "\", verify: true }\n" +
                               "authorization { user: u, password: p }\njetstream { store_dir: \"" + store_ + "\" }\n";
    SpawnOptions options;
    options.argv = {"nats-server", "-c", dir_.write_file("nats.conf", config)};
    options.stdout_path = dir_.path() + "/nats.log";
    server_ = {};
    server_ = ChildProcess(options);
  }
  host::NatsOptions options_of(const std::string& authority, const Certificates::Pair& client) {
    host::NatsOptions options;
    options.urls = {"tls://127.0.0.1:" + std::to_string(port_.port())};
    options.user = "u";
    options.password = "p";
    options.tls_ca = authority;
    options.tls_cert = client.certificate;
    options.tls_key = client.key;
    return options;
  }

  host::Logger log_{"test", host::Level::kError, [](std::string_view) {}};
  TempDir dir_;
  const std::string store_ = dir_.make_dir("jetstream");
  PortLease port_;
  const Certificates certificates_;
  ChildProcess server_;
};

TEST_F(NatsTls, ConnectsWithItsCertificateAndToAServerOfItsAuthorityOnly) {
  const Certificates::Pair client = certificates_.issue("dlr-processor");
  EXPECT_TRUE(connects(options_of(certificates_.authority(), client), log_)) << read_file(dir_.path() + "/nats.log");
  EXPECT_TRUE(is_refused(options_of(certificates_.authority(), {}), log_)) << "without a client certificate";
  EXPECT_TRUE(is_refused(options_of(Certificates().authority(), client), log_)) << "a server of an unknown authority";
}

TEST_F(NatsTls, EachRefusalSaysWhatIsWrong) {
  const Certificates::Pair client = certificates_.issue("dlr-processor");
  const host::NatsOptions right = options_of(certificates_.authority(), client);
  host::NatsOptions wrong = right;
  wrong.password = "other";
  expect_said(wrong, log_, "refuses the login");
  expect_said(options_of(Certificates().authority(), client), log_, "certificate of the server is not accepted");
  expect_said(options_of(certificates_.authority(), {}), log_, "may want a client certificate");

  const PortLease plain;
  SpawnOptions options;
  options.argv = {"nats-server", "-a", "127.0.0.1", "-p", std::to_string(plain.port())};
  const ChildProcess server(options);
  wrong = right;
  wrong.urls = {"tls://127.0.0.1:" + std::to_string(plain.port())};
  expect_said(wrong, log_, "offers no TLS");
  const PortLease nobody;
  wrong.urls = {"tls://127.0.0.1:" + std::to_string(nobody.port())};
  expect_said(wrong, log_, "no server answers");
}

TEST_F(NatsTls, RenewedFilesServeFromTheNextConnectionOn) {
  const Certificates next;
  const auto put = [&](const Certificates& authority) {
    const Certificates::Pair client = authority.issue("dlr-processor");
    static_cast<void>(dir_.write_file("ca.pem", read_file(authority.authority())));
    static_cast<void>(dir_.write_file("cert.pem", read_file(client.certificate)));
    static_cast<void>(dir_.write_file("key.pem", read_file(client.key)));
  };
  put(certificates_);
  const std::string dir = dir_.path();
  host::NatsConnection connection(options_of(dir + "/ca.pem", {dir + "/cert.pem", dir + "/key.pem"}), log_);
  (void)connection.open();
  ASSERT_TRUE(eventually([&] { return connection.connected(); }));
  static_cast<void>(dir_.write_file("key.pem", "no key"));
  const host::Status refused = connection.renew();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, testing::HasSubstr("key.pem"));
  EXPECT_TRUE(connection.connected());
  serve(certificates_);
  EXPECT_TRUE(eventually([&] { return connection.epoch() > 1 && connection.connected(); })) << "with the earlier ones";
  put(next);
  EXPECT_TRUE(connection.renew());
  EXPECT_TRUE(connection.connected()) << "it is not given up for them";
  const std::uint64_t before = connection.epoch();
  serve(next);
  EXPECT_TRUE(eventually([&] { return connection.epoch() > before && connection.connected(); }))
      << connection.last_error();
}

TEST_F(NatsTls, ReadingEventsAgainSaysThatItSpeaksNone) {
  SpawnOptions read;
  read.argv = {"bash",
               DLRGW_SOURCE_DIR "/docs/examples/read-events-again",
               "127.0.0.1",
               std::to_string(port_.port()),
               "DLR_EVENTS",
               "billing.events",
               "2026-11-30T10:00:00Z"};
  read.stderr_path = dir_.path() + "/again.err";
  EXPECT_TRUE(eventually([&] {  // until the server is up
    return run_to_end(read) == 1 && read_file(read.stderr_path).find("the server wants TLS") != std::string::npos;
  })) << read_file(read.stderr_path);
}

TEST_F(NatsTls, ProvisionUsesTheCertificatesOfTheConfiguration) {
  Scenario s;
  const Certificates::Pair client = certificates_.issue("administrator");
  const auto provision = [&](const std::string& authority) {
    return s.gateway().run_cli({"provision", "--config", s.gateway().config_path(), "--nats-url",
                                "tls://u:p@127.0.0.1:" + std::to_string(port_.port())},
                               {{"DLRGW_NATS_TLS_CA", authority},
                                {"DLRGW_NATS_TLS_CERT", client.certificate},
                                {"DLRGW_NATS_TLS_KEY", client.key}});
  };
  EXPECT_TRUE(eventually([&] { return provision(certificates_.authority()).exit_code == 0; }));
  EXPECT_THAT(provision(certificates_.authority()).out, testing::HasSubstr("stream SMS_DLR is as it should be"));
  const CliResult deceived = provision(Certificates().authority());
  EXPECT_EQ(deceived.exit_code, 1);
  EXPECT_THAT(deceived.err, testing::HasSubstr("certificate of the server is not accepted"));
}

TEST(NatsCredentials, AUserOfTheAccountConnectsAndOneOfAnotherDoesNot) {
  NatsAccount ours, others;
  const TempDir dir;
  const PortLease port;
  SpawnOptions options;
  options.argv = {
      "nats-server", "-c",
      dir.write_file("nats.conf", "listen: \"127.0.0.1:" + std::to_string(port.port()) + "\"\n" + ours.trust())};
  options.stdout_path = dir.path() + "/nats.log";
  const ChildProcess server(options);
  host::Logger log("test", host::Level::kError, [](std::string_view) {});
  const auto with = [&](const std::string& credentials) {
    host::NatsOptions out;
    out.urls = {"nats://127.0.0.1:" + std::to_string(port.port())};
    out.creds_file = credentials;
    return out;
  };
  EXPECT_TRUE(connects(with(dir.write_file("ours.creds", ours.new_credentials())), log))
      << read_file(dir.path() + "/nats.log");
  EXPECT_TRUE(is_refused(with(dir.write_file("others.creds", others.new_credentials())), log));
}

}  // namespace
}  // namespace dlrgw::test
