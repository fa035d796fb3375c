// SPDX-License-Identifier: Apache-2.0
// Secrets and certificates are replaced while receipts flow: nothing is lost, and nothing is started anew.
#include <array>
#include <csignal>
#include <fstream>
#include <utility>

#include <gmock/gmock.h>

#include "security/certificates.hpp"
#include "security/rotation_support.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array<const char*, 5> kPools{"svc", "relay", "admin", "portal", "maint"};

TEST_F(RotationTest, PasswordsOfPostgresqlUnderTraffic) {
  std::map<std::string, std::string> env, files;
  for (const std::string pool : kPools) {
    std::string name = "DLRGW_PG_" + pool + "_PASSWORD";
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    files[pool] = dir_.write_file(pool, "test-" + name + "\n");
    env[name] = "";
    env[name + "_FILE"] = files[pool];
  }
  start(env);
  ASSERT_TRUE(gateway_->wait_ready()) << gateway_->error_output();
  Traffic traffic(scenario_);
  ASSERT_TRUE(traffic.goes_on());
  const auto give = [&](const std::string& pool, const std::string& password) {
    scenario_.postgres().exec("ALTER ROLE dlr_" + pool + " PASSWORD " + scenario_.postgres().quote(password));
  };
  const auto end_sessions = [&] {
    scenario_.postgres().exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'dlr\\_%'");
  };
  for (const std::string pool : kPools) {  // the role first
    give(pool, "second of " + pool);
    replace_file(files[pool], "second of " + pool + "\n");
  }
  end_sessions();
  ASSERT_TRUE(traffic.goes_on());
  ASSERT_TRUE(gateway_->wait_ready()) << gateway_->admin_get("/ready").body;
  for (const std::string pool : kPools) {  // the file first: sessions that end meanwhile begin anew with the one before
    replace_file(files[pool], "third of " + pool);
  }
  EXPECT_TRUE(eventually([&] {
    end_sessions();  // again: one that was just being opened is not there to be ended
    return has_said("dlr.rotation.refused", "storage.svc.password_file");
  }));
  ASSERT_TRUE(traffic.goes_on());
  for (const std::string pool : kPools) give(pool, "third of " + pool);
  end_sessions();
  ASSERT_TRUE(traffic.goes_on());
  ASSERT_TRUE(gateway_->wait_ready()) << gateway_->admin_get("/ready").body;

  const CliResult told = reload();
  EXPECT_EQ(told.exit_code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("read again: storage.svc.password_file"));
  EXPECT_THAT(told.out, Not(HasSubstr("restart")));
  replace_file(files["svc"], "");
  EXPECT_TRUE(says("dlr.rotation.refused", "is empty"));
  const CliResult refused = reload();
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("storage.svc.password_file"));
  end_sessions();
  ASSERT_TRUE(traffic.goes_on());
  ASSERT_TRUE(gateway_->wait_ready()) << "the earlier one serves on";
  expect_all(traffic.stop());
}

TEST_F(RotationTest, PasswordOfNatsUnderTraffic) {
  const std::string file = dir_.write_file("nats", scenario_.nats().processor_password());
  start({{"DLRGW_NATS_URL", "nats://127.0.0.1:" + std::to_string(scenario_.nats().port())},
         {"DLRGW_NATS_USER", "dlr-processor"},
         {"DLRGW_NATS_PASSWORD_FILE", file}});
  ASSERT_TRUE(gateway_->wait_ready()) << gateway_->error_output();
  Traffic traffic(scenario_);
  ASSERT_TRUE(traffic.goes_on());
  const auto connections = [&] { return gateway_->logs("dlr.nats.connected").size(); };
  const auto rotate = [&](const std::string& password, bool file_first) {
    const std::size_t before = connections();
    if (file_first) replace_file(file, password);
    scenario_.nats().set_processor_password(password);
    if (!file_first) {
      ASSERT_TRUE(eventually([&] { return gateway_->get("/ready").status == 503; }));
      replace_file(file, password);
    }
    ASSERT_TRUE(eventually([&] { return connections() > before; })) << gateway_->admin_get("/ready").body;
    ASSERT_TRUE(gateway_->wait_ready());
    ASSERT_TRUE(traffic.goes_on());
  };
  rotate("second", true);
  rotate("third", false);
  replace_file(file, "");
  EXPECT_TRUE(says("dlr.rotation.refused", "nats.password_file"));
  const std::int64_t sent = traffic.stop();
  const std::size_t before = connections();
  scenario_.nats().restart();
  ASSERT_TRUE(eventually([&] { return connections() > before; })) << "the earlier one serves on";
  ASSERT_TRUE(gateway_->wait_ready());
  scenario_.publish(scenario_.receipts_for(scenario_.add_messages(5), "DELIVRD"));
  expect_all(sent + 5);
}

TEST_F(RotationTest, KeysOfTokensUnderTraffic) {
  const SigningKey first = SigningKey::ec("first"), second = SigningKey::rsa("second");
  const std::string file = dir_.write_file("jwks.json", key_set({first.jwk()}));
  start({{"DLRGW_JWKS_FILE", file}});
  ASSERT_TRUE(gateway_->wait_ready()) << gateway_->error_output();
  Traffic traffic(scenario_);
  const auto status = [&](const SigningKey& key) {
    const std::string token = "Bearer " + key.token(claims("dlr:admin"));
    return http_send(gateway_->admin_address(), {"GET", "/v1/admin/jobs", {{"Authorization", token}}, {}}).status;
  };
  const auto comes_to_take = [&](const SigningKey& key) { return eventually([&] { return status(key) == 200; }); };
  EXPECT_EQ(status(first), 200);
  EXPECT_EQ(status(second), 401);
  replace_file(file, key_set({first.jwk(), second.jwk()}));
  EXPECT_TRUE(comes_to_take(second));
  EXPECT_EQ(status(first), 200) << "both, for as long as tokens of either are about";
  replace_file(file, key_set({second.jwk()}));
  EXPECT_TRUE(eventually([&] { return status(first) == 401; })) << "withdrawn";
  EXPECT_EQ(status(second), 200);

  std::size_t broken = 0;
  for (const std::string& text : {std::string("-----BEGIN PUBLIC KEY-----\n"), std::string(), key_set({second.jwk("")}),
                                  key_set({second.jwk(), first.jwk()}).substr(0, 80)}) {
    replace_file(file, text);
    ++broken;
    EXPECT_TRUE(eventually([&] { return gateway_->logs("dlr.rotation.refused").size() == broken; })) << text;
    EXPECT_EQ(status(second), 200) << "the earlier ones serve on\n" << text;
  }
  EXPECT_TRUE(has_said("dlr.rotation.refused", "http.jwks_file"));
  const CliResult refused = reload();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("http.jwks_file"));
  EXPECT_EQ(gateway_->logs("dlr.rotation.refused").size(), broken) << "one warning for each file";
  replace_file(file, key_set({first.jwk()}));
  EXPECT_TRUE(comes_to_take(first));
  ASSERT_TRUE(traffic.goes_on());
  expect_all(traffic.stop());
}

class CertificateRotation : public RotationTest {
 protected:
  CertificateRotation() {
    write(old_);
    start({{"DLRGW_HTTP_TLS_CERT", certificate()}, {"DLRGW_HTTP_TLS_KEY", key()}});
  }
  [[nodiscard]] std::string certificate() const { return dir_.path() + "/cert.pem"; }
  [[nodiscard]] std::string key() const { return dir_.path() + "/key.pem"; }
  void write(const Certificates& authority) const {
    const Certificates::Pair pair = authority.issue("server");
    replace_file(certificate(), read_file(pair.certificate));
    replace_file(key(), read_file(pair.key));
  }
  [[nodiscard]] bool serves(const Certificates& authority, const std::string& address) {
    SpawnOptions options;
    options.argv = {
        "curl", "--silent", "--max-time", "5", "--cacert", authority.authority(), "https://" + address + "/live"};
    return run_to_end(options) == 0;
  }
  [[nodiscard]] bool come_to_serve(const Certificates& authority) {
    return eventually([&] { return !gateway_->running() || !gateway_->admin_address().empty(); }) &&
           gateway_->running() && eventually([&] { return serves(authority, gateway_->public_address()); }) &&
           eventually([&] { return serves(authority, gateway_->admin_address()); });
  }

  const Certificates old_, next_, last_;
};

TEST_F(CertificateRotation, BothListenersTakeItByThemselves) {
  ASSERT_TRUE(come_to_serve(old_));
  Traffic traffic(scenario_);
  write(next_);
  EXPECT_TRUE(come_to_serve(next_));
  EXPECT_FALSE(serves(old_, gateway_->public_address()));
  EXPECT_TRUE(says("dlr.rotation.done", "http.tls_cert"));

  replace_file(certificate(), "no certificate");
  EXPECT_TRUE(says("dlr.rotation.refused", "cert.pem"));
  EXPECT_TRUE(serves(next_, gateway_->public_address())) << "the earlier one serves on";
  EXPECT_EQ(gateway_->logs("dlr.rotation.refused").size(), 1U);
  expect_all(traffic.stop());
}

TEST_F(CertificateRotation, AReloadTakesItAtOnceAndSaysSo) {
  ASSERT_TRUE(come_to_serve(old_));
  write(next_);
  const CliResult told = reload();
  EXPECT_EQ(told.exit_code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("read again: http.tls_cert"));
  EXPECT_TRUE(serves(next_, gateway_->public_address()));
  EXPECT_TRUE(says("dlr.config.reloaded", R"("renewed":"http.tls_cert")"));

  replace_file(key(), read_file(last_.issue("other").key));
  const CliResult refused = reload();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("http.tls_cert"));
  EXPECT_THAT(refused.err, HasSubstr("key.pem"));
  EXPECT_TRUE(serves(next_, gateway_->public_address())) << "the earlier one serves on";
  EXPECT_TRUE(says("dlr.config.reloaded", "failed"));
  write(last_);
  gateway_->signal(SIGHUP);
  EXPECT_TRUE(come_to_serve(last_));
}

// The server's certificate and the authority that the gateway's sessions check it against.
struct PostgresFiles {
  PostgresFiles() {
    for (const Certificates* authority : {&old, &next}) both += read_file(authority->authority());
  }
  [[nodiscard]] ScenarioOptions options() const {
    ScenarioOptions out;
    out.postgres.settings = {"ssl=on", "ssl_cert_file=" + server.certificate, "ssl_key_file=" + server.key};
    return out;
  }
  const Certificates old, next;
  const Certificates::Pair server = old.issue("postgres", "postgres");
  std::string both;
};

class AuthorityRotation : protected PostgresFiles, public RotationTest {
 protected:
  AuthorityRotation() : RotationTest(options()) {}
};

TEST_F(AuthorityRotation, OfPostgresqlUnderTraffic) {
  const std::string file = dir_.write_file("root.pem", read_file(old.authority()));
  start({{"DLRGW_PG", scenario_.postgres().dsn() + " sslmode=verify-full sslrootcert=" + file}});
  ASSERT_TRUE(gateway_->wait_ready()) << gateway_->error_output();
  Traffic traffic(scenario_);
  ASSERT_TRUE(traffic.goes_on());
  const auto sessions = [&] {  // of the gateway, under TLS, begun since the server last read its files
    return scenario_.postgres().count(
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'dlr_svc' AND ssl AND "
        "backend_start > pg_conf_load_time()");
  };
  replace_file(file, both);
  const Certificates::Pair renewed = next.issue("postgres", "postgres");
  for (const auto& [to, from] : {std::pair{server.certificate, renewed.certificate}, {server.key, renewed.key}})
    std::ofstream(to, std::ios::binary) << read_file(from);  // into the file: its owner stays
  scenario_.postgres().exec("SELECT pg_reload_conf()");
  replace_file(file, read_file(next.authority()));
  EXPECT_TRUE(eventually([&] {
    scenario_.postgres().exec(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'dlr\\_%' AND "
        "backend_start < pg_conf_load_time()");
    return sessions() > 0;
  }));
  ASSERT_TRUE(traffic.goes_on());
  ASSERT_TRUE(gateway_->wait_ready()) << gateway_->admin_get("/ready").body;
  expect_all(traffic.stop());
}

}  // namespace
}  // namespace dlrgw::test
