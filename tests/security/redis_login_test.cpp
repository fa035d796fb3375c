// SPDX-License-Identifier: Apache-2.0
// Redis under TLS, with a user of its access list and a client's certificate: what works, and what each refusal says.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "security/certificates.hpp"
#include "support/port_lease.hpp"

namespace dlrgw::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPassword = "s3cret-of-redis";

class RedisLogin : public testing::Test {
 protected:
  RedisLogin() {
    EXPECT_EQ(redis_.command({"ACL", "SETUSER", "dlr-gw", "on", std::string(">") + kPassword, "~dlr:fp:*", "+get",
                              "+mget", "+set", "+ping", "+select"}),
              "OK");
    env_["DLRGW_REDIS_TLS_CA"] = certificates_.authority();
    env_["DLRGW_REDIS_TLS_CERT"] = client_.certificate;
    env_["DLRGW_REDIS_TLS_KEY"] = client_.key;
    env_["DLRGW_REDIS_URL"] = url(std::string("dlr-gw:") + kPassword + "@");
  }
  [[nodiscard]] std::string url(const std::string& login) const {
    return "rediss://" + login + "127.0.0.1:" + std::to_string(tls_port_.port()) + "/0";
  }
  // The line of redis of `check --connect` with these variables changed.
  [[nodiscard]] std::string checked(const std::map<std::string, std::string>& changes) {
    auto env = env_;
    for (const auto& [name, value] : changes) env[name] = value;
    const CliResult result =
        scenario_.gateway().run_cli({"check", "--connect", "--config", scenario_.gateway().config_path()}, env);
    EXPECT_THAT(result.out + result.err, Not(HasSubstr("s3cret")));
    EXPECT_THAT(result.out + result.err, Not(HasSubstr("wrong-one")));
    for (const std::string& line : lines(result.out + result.err))
      if (line.find("redis") != std::string::npos) return line;
    return result.out + result.err;
  }
  static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      out.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return out;
  }
  std::optional<GatewayProcess>& start(std::map<std::string, std::string> env) {
    GatewayOptions options;
    options.env = std::move(env);
    gateway_.emplace(scenario_.servers(), std::move(options));
    gateway_->start();
    return gateway_;
  }
  [[nodiscard]] bool redis_is(const std::string& text) const {
    return eventually([&] { return gateway_->admin_get("/ready").body.find(text) != std::string::npos; });
  }

  const Certificates certificates_;
  const Certificates::Pair server_ = certificates_.issue("redis"), client_ = certificates_.issue("dlr-gw");
  PortLease tls_port_;
  TestRedis redis_{{"--tls-port", std::to_string(tls_port_.port()), "--tls-cert-file", server_.certificate,
                    "--tls-key-file", server_.key, "--tls-ca-cert-file", certificates_.authority()}};
  TempDir dir_;
  std::map<std::string, std::string> env_;
  Scenario scenario_;
  std::optional<GatewayProcess> gateway_;
};

TEST_F(RedisLogin, FingerprintsGoThroughTlsAsThatUser) {
  start(env_);
  ASSERT_TRUE(gateway_->wait_ready()) << gateway_->error_output();
  ASSERT_TRUE(redis_is(R"("redis":{"state":"ok")")) << gateway_->admin_get("/ready").body;
  EXPECT_TRUE(eventually([&] {  // not each time: a busy machine may take longer than the lanes wait for Redis
    scenario_.publish(scenario_.receipts_for(scenario_.add_messages(1), "DELIVRD"));
    return scenario_.wait_settled() && redis_.key_count() > 0;
  }));
  EXPECT_THAT(redis_.command({"CLIENT", "LIST"}), HasSubstr("user=dlr-gw"));
  EXPECT_THAT(checked({}), HasSubstr("ok"));
  EXPECT_EQ(gateway_->terminate(), 0);
}

TEST_F(RedisLogin, EachRefusalIsOneClearSentence) {
  const Certificates others;
  EXPECT_THAT(checked({{"DLRGW_REDIS_TLS_CA", others.authority()}}),
              HasSubstr("the certificate of the server is not accepted"));
  EXPECT_THAT(checked({{"DLRGW_REDIS_URL", url("dlr-gw:wrong-one@")}}),
              HasSubstr("the server refuses user dlr-gw or its password (WRONGPASS)"));
  EXPECT_THAT(checked({{"DLRGW_REDIS_URL", url(std::string("nobody:") + kPassword + "@")}}),
              HasSubstr("the server refuses user nobody or its password (WRONGPASS)"));
  EXPECT_THAT(checked({{"DLRGW_REDIS_TLS_CERT", ""}, {"DLRGW_REDIS_TLS_KEY", ""}}), HasSubstr("certificate"));
  const std::string plain = "127.0.0.1:" + std::to_string(redis_.port());
  EXPECT_THAT(checked({{"DLRGW_REDIS_URL", "rediss://" + plain}}), HasSubstr("no TLS at this port"));
  const std::map<std::string, std::string> without_tls{
      {"DLRGW_REDIS_TLS_CA", ""}, {"DLRGW_REDIS_TLS_CERT", ""}, {"DLRGW_REDIS_TLS_KEY", ""}};
  auto in_the_clear = without_tls;
  in_the_clear["DLRGW_REDIS_URL"] = "redis://127.0.0.1:" + std::to_string(tls_port_.port());
  EXPECT_THAT(checked(in_the_clear), HasSubstr("rediss://"));
  redis_.command({"ACL", "SETUSER", "dlr-gw", "-set"});
  EXPECT_THAT(checked({}), HasSubstr("NOPERM"));

  auto wrong = env_;
  wrong["DLRGW_REDIS_URL"] = url("dlr-gw:wrong-one@");
  start(wrong);
  ASSERT_TRUE(gateway_->wait_ready()) << "works without Redis";
  EXPECT_TRUE(redis_is("the server refuses user dlr-gw or its password")) << gateway_->admin_get("/ready").body;
  EXPECT_THAT(gateway_->admin_get("/ready").body, Not(HasSubstr("wrong-one")));
}

TEST_F(RedisLogin, OptionsThatDoNotFitAreRefusedWithTheirPlace) {
  EXPECT_THAT(checked({{"DLRGW_REDIS_URL", redis_.url()}}), HasSubstr("begin redis_url with rediss://"));
  EXPECT_THAT(checked({{"DLRGW_REDIS_TLS_KEY", ""}}), HasSubstr("need each other"));
  EXPECT_THAT(checked({{"DLRGW_REDIS_TLS_CA", dir_.path() + "/none.pem"}}), HasSubstr("none.pem cannot be used"));
  EXPECT_THAT(checked({{"DLRGW_REDIS_PASSWORD_FILE", dir_.write_file("pw", "x")}}), HasSubstr("both set"));
  EXPECT_THAT(checked({{"DLRGW_REDIS_URL", url("dlr-gw@")}}), HasSubstr("names a user without a password"));
  EXPECT_THAT(checked({{"DLRGW_REDIS_URL", url("dlr-gw@")}, {"DLRGW_REDIS_PASSWORD_FILE", dir_.path() + "/none"}}),
              HasSubstr("cannot be read"));
}

TEST_F(RedisLogin, PasswordAndCertificateAreReplacedWithoutARestart) {
  const auto put = [](const std::string& path, const std::string& text) {
    std::ofstream(path + ".new", std::ios::binary) << text;
    std::filesystem::rename(path + ".new", path);
  };
  const std::string file = dir_.write_file("redis", kPassword);
  const std::string certificate = dir_.write_file("cert.pem", read_file(client_.certificate));
  const std::string key = dir_.write_file("key.pem", read_file(client_.key));
  env_["DLRGW_REDIS_URL"] = url("dlr-gw@");
  env_["DLRGW_REDIS_PASSWORD_FILE"] = file;
  env_["DLRGW_REDIS_TLS_CERT"] = certificate;
  env_["DLRGW_REDIS_TLS_KEY"] = key;
  start(env_);
  ASSERT_TRUE(gateway_->wait_ready()) << gateway_->error_output();
  std::int64_t sent = 0;
  // New connections are made, and receipts go on.
  const auto works = [&] {
    redis_.command({"CLIENT", "KILL", "USER", "dlr-gw"});
    scenario_.publish(scenario_.receipts_for(scenario_.add_messages(1), "DELIVRD"));
    ++sent;
    return eventually([&] { return scenario_.settled(); }) && eventually([&] {
             return redis_.command({"CLIENT", "LIST"}).find("user=dlr-gw") != std::string::npos &&
                    gateway_->admin_get("/ready").body.find(R"("redis":{"state":"ok")") != std::string::npos;
           });
  };
  const auto warned = [&](std::size_t times) {
    return eventually([&] { return gateway_->logs("dlr.rotation.refused").size() == times; });
  };
  EXPECT_TRUE(works());
  put(file, "second\n");
  EXPECT_TRUE(works()) << "the earlier one is taken until the server knows the new one";
  EXPECT_TRUE(warned(1));
  redis_.command({"ACL", "SETUSER", "dlr-gw", "resetpass", ">second"});
  EXPECT_TRUE(works());
  put(file, "");
  EXPECT_TRUE(works()) << "the earlier one serves on";
  EXPECT_TRUE(warned(2));
  const Certificates::Pair next = certificates_.issue("next");
  put(key, read_file(next.key));
  EXPECT_TRUE(works()) << "the earlier pair serves on";
  put(certificate, read_file(next.certificate));
  EXPECT_TRUE(works());
  ASSERT_TRUE(scenario_.wait_settled());
  EXPECT_EQ(scenario_.count_rows("dlr.delivery_receipts"), sent);
  EXPECT_EQ(gateway_->terminate(), 0);
}

}  // namespace
}  // namespace dlrgw::test
