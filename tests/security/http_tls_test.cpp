// SPDX-License-Identifier: Apache-2.0
// The listeners under TLS as curl sees them, and the admin listener that asks for a client's certificate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "security/certificates.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

using testing::HasSubstr;

class HttpTls : public testing::Test {
 protected:
  // curl's exit code and what it wrote.
  std::pair<int, std::string> curl(std::vector<std::string> arguments) {
    SpawnOptions options;
    options.argv = {"curl", "--silent", "--show-error", "--max-time", "5"};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.stdout_path = dir_.path() + "/curl-" + std::to_string(runs_++);
    const int code = run_to_end(options);
    return {code, read_file(options.stdout_path)};
  }
  ScenarioOptions options(bool client_certificates) const {
    ScenarioOptions out;
    out.gateway.env["DLRGW_HTTP_TLS_CERT"] = server_.certificate;
    out.gateway.env["DLRGW_HTTP_TLS_KEY"] = server_.key;
    if (client_certificates) out.gateway.env["DLRGW_ADMIN_CLIENT_CA"] = certificates_.authority();
    return out;
  }
  static bool listens(Scenario& s) {
    s.gateway().start();
    return eventually([&] { return !s.gateway().admin_address().empty(); });
  }

  const Certificates certificates_;
  const Certificates::Pair server_ = certificates_.issue("server");
  TempDir dir_;
  int runs_ = 0;
};

TEST_F(HttpTls, ServesTls12And13AndNothingOlderOrInTheClear) {
  Scenario s(options(false));
  ASSERT_TRUE(listens(s));
  const std::string ca = certificates_.authority();
  for (const std::string& address : {s.gateway().public_address(), s.gateway().admin_address()}) {
    const std::string url = "https://" + address + "/live";
    for (const std::string version : {"1.2", "1.3"}) {
      const auto [code, said] = curl({"--cacert", ca, "--tlsv" + version, "--tls-max", version, url});
      EXPECT_EQ(code, 0) << version << " " << said;
      EXPECT_THAT(said, HasSubstr(R"({"status":"ok"})")) << version;
    }
    // Level 0, or today's OpenSSL would refuse to offer it at all.
    EXPECT_EQ(curl({"--cacert", ca, "--tls-max", "1.1", "--tlsv1.0", "--ciphers", "DEFAULT@SECLEVEL=0", url}).first,
              35);
    EXPECT_NE(curl({url}).first, 0) << "a client that does not know the authority";
    EXPECT_EQ(http_get(address, "/live").status, 0) << "in the clear";
  }
  // Many requests on one connection, and a body in each direction.
  const std::string url = "https://" + s.gateway().public_address();
  const auto [code, said] = curl({"--cacert", ca, url + "/live", url + "/ready", url + "/nowhere"});
  EXPECT_EQ(code, 0) << said;
  EXPECT_THAT(said, HasSubstr("there is nothing at this path"));
}

TEST_F(HttpTls, TheAdminListenerTakesOnlyClientsWithACertificateOfItsAuthority) {
  Scenario s(options(true));
  ASSERT_TRUE(listens(s));
  const std::string ca = certificates_.authority();
  const std::string url = "https://" + s.gateway().admin_address() + "/metrics";
  const Certificates::Pair client = certificates_.issue("scraper");
  const auto [code, said] = curl({"--cacert", ca, "--cert", client.certificate, "--key", client.key, url});
  EXPECT_EQ(code, 0) << said;
  EXPECT_THAT(said, HasSubstr("dlr_nats_consumer_status"));
  EXPECT_NE(curl({"--cacert", ca, url}).first, 0) << "without a certificate";
  const Certificates others;
  const Certificates::Pair foreign = others.issue("scraper");
  EXPECT_NE(curl({"--cacert", ca, "--cert", foreign.certificate, "--key", foreign.key, url}).first, 0);
  EXPECT_EQ(curl({"--cacert", ca, "https://" + s.gateway().public_address() + "/live"}).first, 0)
      << "the public listener asks customers for no certificate";
}

TEST_F(HttpTls, ASilentClientInTheMiddleOfTheHandshakeKeepsNobodyOut) {
  Scenario s(options(false));
  ASSERT_TRUE(listens(s));
  const std::string address = s.gateway().public_address();
  SpawnOptions silent;
  silent.argv = {"bash", "-c", "for i in $(seq 200); do exec {fd}<>/dev/tcp/${0/:/\\/}; done; sleep 60", address};
  ChildProcess flood(silent);
  EXPECT_TRUE(eventually([&] {
    return curl({"--cacert", certificates_.authority(), "https://" + address + "/live"}).first == 0;
  }));
}

TEST_F(HttpTls, FilesThatDoNotBelongTogetherAreRefusedAtTheStart) {
  ScenarioOptions wrong = options(false);
  wrong.gateway.env["DLRGW_HTTP_TLS_KEY"] = certificates_.issue("other").key;
  Scenario s(wrong);
  s.gateway().start();
  EXPECT_EQ(s.gateway().wait_exit(), 1);
  EXPECT_THAT(s.gateway().error_output(), HasSubstr("HTTP key"));
  EXPECT_THAT(s.gateway().error_output(), testing::Not(HasSubstr("PRIVATE")));
  const CliResult checked =
      s.gateway().run_cli({"check", "--config", s.gateway().config_path()}, {{"DLRGW_HTTP_TLS_KEY", ""}});
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.out + checked.err, HasSubstr("tls_cert and tls_key need each other"));
}

}  // namespace
}  // namespace dlrgw::test
