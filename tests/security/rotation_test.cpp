// SPDX-License-Identifier: Apache-2.0
// Secrets and certificates are replaced while receipts flow: nothing is lost, and nothing is started anew.
#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"
#include "security/certificates.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array<const char*, 5> kPools{"svc", "relay", "admin", "portal", "maint"};

// As tools that rotate do it: the new file takes the place of the old in one step.
void replace_file(const std::string& path, const std::string& text) {
  std::ofstream(path + ".new", std::ios::binary) << text;
  std::filesystem::rename(path + ".new", path);
}

// Publishes receipts of new messages until it is told to stop.
class Traffic {
 public:
  explicit Traffic(Scenario& scenario)
      : thread_([this, &scenario](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            scenario.publish(scenario.receipts_for(scenario.add_messages(kPiece), "DELIVRD"));
            sent_ += kPiece;
          }
        }) {}
  // So many more were published.
  [[nodiscard]] bool goes_on(std::int64_t more = 50) {
    const std::int64_t from = sent_;
    return eventually([&] { return sent_ >= from + more; });
  }
  std::int64_t stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return sent_;
  }

 private:
  static constexpr std::int64_t kPiece = 5;
  std::atomic<std::int64_t> sent_{0};
  std::jthread thread_;
};

class RotationTest : public testing::Test {
 protected:
  // A gateway with its secrets in files, instead of the scenario's own.
  void start(std::map<std::string, std::string> env) {
    GatewayOptions options;
    options.env = std::move(env);
    keys_.enter(options);
    gateway_.emplace(scenario_.servers(), std::move(options));
    gateway_->start();
  }
  [[nodiscard]] bool has_said(std::string_view event, const std::string& text) const {
    return std::ranges::any_of(gateway_->logs(event),
                               [&](const std::string& line) { return line.find(text) != std::string::npos; });
  }
  [[nodiscard]] bool says(std::string_view event, const std::string& text) const {
    return eventually([&] { return has_said(event, text); });
  }
  // Everything was stored once, and each has its event.
  void expect_all(std::int64_t sent) {
    ASSERT_TRUE(scenario_.wait_settled());
    EXPECT_EQ(scenario_.count_rows("dlr.delivery_receipts"), sent);
    EXPECT_EQ(scenario_.postgres().count("SELECT count(DISTINCT message_id) FROM dlr.delivery_receipts"), sent);
    EXPECT_EQ(static_cast<std::int64_t>(scenario_.events_by_message("billing.events").size()), sent);
    EXPECT_EQ(gateway_->terminate(), 0) << "the process that was started at first";
  }
  [[nodiscard]] CliResult reload() const { return gateway_->run_cli({"reload", "--state-dir", gateway_->state_dir()}); }

  const AdminKeys keys_;
  TempDir dir_;
  Scenario scenario_;
  std::optional<GatewayProcess> gateway_;
};

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

}  // namespace
}  // namespace dlrgw::test
