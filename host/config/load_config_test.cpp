// SPDX-License-Identifier: Apache-2.0
#include "config/load_config.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config_keys.hpp"

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const EnvLookup kEnv = [](const std::string& name) -> std::optional<std::string> {
  if (name == "BATCH") return "64";
  if (name == "WORD") return "many";
  return std::nullopt;
};

constexpr std::string_view kMinimal = "[pipeline]\nstages = [\"a\"]\n";

LoadedConfig parse(std::string_view text) { return parse_config(text, "g.toml", kEnv); }

// The findings of a text that is otherwise complete.
std::vector<std::string> findings(const std::string& text) {
  std::vector<std::string> out;
  for (const ConfigError& error : parse(text + "\n" + std::string(kMinimal)).errors) out.push_back(to_string(error));
  return out;
}

std::string only_finding(const std::string& text) {
  const auto all = findings(text);
  EXPECT_THAT(all, SizeIs(1)) << text;
  return all.empty() ? std::string() : all.front();
}

class TempFile {
 public:
  explicit TempFile(std::string_view content) {
    std::string pattern = ::testing::TempDir() + "/dlrgw-config-XXXXXX";
    const int fd = ::mkstemp(pattern.data());
    EXPECT_GE(fd, 0);
    EXPECT_EQ(::write(fd, content.data(), content.size()), static_cast<ssize_t>(content.size()));
    ::close(fd);
    path_ = pattern;
  }
  ~TempFile() { std::filesystem::remove(path_); }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(LoadConfig, MinimalFileHasAllDefaults) {
  const auto loaded = parse(kMinimal);
  ASSERT_TRUE(loaded) << to_string(loaded.errors.front());
  const Config& c = *loaded.config;
  EXPECT_FALSE(c.gateway.instance.empty());
  EXPECT_THAT(c.gateway.plugin_dirs, SizeIs(2));
  EXPECT_EQ(c.gateway.log_level, "info");
  EXPECT_EQ(c.intake.stream, "SMS_DLR");
  EXPECT_EQ(c.intake.max_concurrency, 10);
  EXPECT_EQ(c.intake.batch_max, 256);
  EXPECT_EQ(c.intake.max_ack_pending, 20'000);
  EXPECT_EQ(c.intake.max_parked, 10'000);
  EXPECT_EQ(c.intake.max_retries, 20);
  EXPECT_EQ(c.intake.quirk_hold_share, 0.25);
  EXPECT_EQ(c.storage.svc.size, 4);
  EXPECT_EQ(c.storage.pool("maint")->user, "dlr_maint");
  EXPECT_EQ(c.storage.pool("nope"), nullptr);
  EXPECT_EQ(c.http.public_address, (ListenAddress{"127.0.0.1", 8080}));
  EXPECT_TRUE(c.http.metrics_open);
  EXPECT_THAT(c.pipeline.stages, ElementsAre("a"));
}

TEST(LoadConfig, EveryKeyIsReadIntoItsOwnField) {
  Config config;
  config.plugins.resize(1);
  std::vector<const void*> fields;
  for (const ConfigKey& key : config_keys()) {
    EXPECT_FALSE(key.help.empty()) << key.path;
    std::visit([&](const auto* field) { fields.push_back(field); }, key.field(config, 0));
    const KeyField field = key.field(config, 0);
    EXPECT_EQ(field.index(), static_cast<std::size_t>(key.type)) << key.path;
  }
  EXPECT_GT(fields.size(), 40U);
  std::sort(fields.begin(), fields.end());
  EXPECT_EQ(std::adjacent_find(fields.begin(), fields.end()), fields.end()) << "two keys share a field";
}

TEST(LoadConfig, ReadsValuesPluginsAndOperatorsWithPositions) {
  const auto loaded = parse(R"([gateway]
log_level = "WARN"
[intake]
batch_max = "${BATCH}"
[storage.svc]
password = "p"
[[plugins]]
file = "x.so"
grants = ["sql", "pii"]
[plugins.options]
zeta = 1
alpha = "${WORD}"
[[plugins]]
file = "y.so"
enabled = false
[pipeline]
stages = ["b", "a"]
disabled = ["a"]
[operators."op-2"]
time_zone = "UTC"
[operators.op1]
)");
  ASSERT_TRUE(loaded) << to_string(loaded.errors.front());
  const Config& c = *loaded.config;
  EXPECT_EQ(c.gateway.log_level, "warn");
  EXPECT_EQ(c.intake.batch_max, 64);
  ASSERT_THAT(c.plugins, SizeIs(2));
  EXPECT_TRUE(c.plugins[0].granted("pii"));
  EXPECT_FALSE(c.plugins[0].granted("control"));
  EXPECT_EQ(c.plugins[0].options.entries[0].key, "zeta");
  EXPECT_EQ(std::get<std::string>(c.plugins[0].options.entries[1].value.data), "many");
  EXPECT_FALSE(c.plugins[1].enabled);
  EXPECT_TRUE(c.plugins[1].grants.empty());
  EXPECT_THAT(c.operator_ids(), ElementsAre("op-2", "op1"));
  EXPECT_EQ(c.position("pipeline.stages[1]"), (Position{17, 16}));
  EXPECT_EQ(to_string(c.error("plugins[1].file", "is gone")), "g.toml:14:8: is gone");
  EXPECT_EQ(to_string(c.error("intake.stream", "is gone")), "g.toml: is gone");
  EXPECT_EQ(c.storage.connection(c.storage.svc), "host=127.0.0.1 port=5432 dbname=dlr user='dlr_svc' password='p'");
}

TEST(LoadConfig, FindsEverythingAtOnce) {
  const auto all = findings(R"([gateway]
log_level = "verbose"
[intake]
batch_max = 257
max_retreis = 5
durable = "${NOPE}"
[http]
listen = "nowhere"
[[plugins]]
grants = ["sql", "files"]
[nonsense]
x = 1)");
  EXPECT_THAT(all, ElementsAre("g.toml:2:13: gateway.log_level: is \"verbose\"; known here: debug, info, warn, error",
                               "g.toml:4:13: intake.batch_max: is 257, must be an integer from 1 to 256",
                               "g.toml:5:1: intake.max_retreis: unknown key; did you mean \"max_retries\"?",
                               HasSubstr("g.toml:6:11: intake.durable: environment variable NOPE is not set"),
                               HasSubstr("g.toml:8:10: http.listen: \"nowhere\" is not an address"),
                               "g.toml:9:1: plugins[0].file: is missing; must be a string",
                               HasSubstr("g.toml:10:18: plugins[0].grants[1]: is \"files\"; known here: sql, events"),
                               HasSubstr("g.toml:11:2: nonsense: unknown key")));
}

TEST(LoadConfig, ChecksTypesAndRanges) {
  EXPECT_EQ(only_finding("[intake]\nbatch_max = \"64\""),
            "g.toml:2:13: intake.batch_max: is a string, must be an integer from 1 to 256");
  EXPECT_EQ(only_finding("[intake]\nbatch_max = \"${WORD}\""),
            "g.toml:2:13: intake.batch_max: is a string, must be an integer from 1 to 256");
  EXPECT_EQ(only_finding("[gateway]\nreplica = -1"),
            "g.toml:2:11: gateway.replica: is -1, must be an integer from 0 to 63");
  EXPECT_EQ(only_finding("[gateway]\nreplica = 64"),
            "g.toml:2:11: gateway.replica: is 64, must be an integer from 0 to 63");
  EXPECT_THAT(only_finding("[intake]\nmax_concurrency = 0"), HasSubstr("is 0, must be an integer from 1 to 64"));
  EXPECT_THAT(only_finding("[intake]\nquirk_hold_share = nan"), HasSubstr("from 0.01 to 1"));
  EXPECT_THAT(only_finding("[intake]\nmax_concurrency = 1.5"), HasSubstr("is a float"));
  EXPECT_THAT(only_finding("[http]\nmetrics_open = \"yes\""), HasSubstr("must be true or false"));
  EXPECT_THAT(only_finding("gateway = 1"), HasSubstr("g.toml:1:11: gateway: is an integer, must be a table"));
  EXPECT_THAT(only_finding("[nats.url]\nx = 1"), HasSubstr("nats.url: is a table, must be a string"));
  EXPECT_THAT(only_finding("[plugins]\nfile = \"x\""), HasSubstr("must be written as [[plugins]]"));
  EXPECT_THAT(only_finding("[[plugins]]\nfile = \"x\"\noptions = 3"), HasSubstr("plugins[0].options: is an integer"));
  EXPECT_THAT(only_finding("[gateway]\nplugin_dirs = [\"a\", 2]"), HasSubstr("g.toml:2:21: gateway.plugin_dirs[1]"));
  EXPECT_THAT(only_finding("[operators]\nx = 1"), HasSubstr("operators.\"x\": is an integer, must be a table"));
  EXPECT_THAT(only_finding("[operators.\"a b\"]"), HasSubstr("is not an operator id"));
  EXPECT_THAT(only_finding("[operators.a]\nconnectors = 1"),
              HasSubstr("operators.\"a\".connectors: is an integer, must be a table"));
  EXPECT_THAT(only_finding("[operators.a.connectors]\nc = 1"),
              HasSubstr("operators.\"a\".connectors.\"c\": is an integer, must be a table"));
  EXPECT_THAT(only_finding("[operators.a.connectors.\"c/1\"]"),
              HasSubstr("operators.\"a\".connectors.\"c/1\": is not a connector id; use 1 to 64 of letters"));
}

TEST(LoadConfig, ChecksWhatBelongsTogether) {
  EXPECT_THAT(only_finding("[intake]\nmax_ack_pending = 500"),
              HasSubstr("g.toml:2:19: intake.max_ack_pending: max_parked"));
  EXPECT_THAT(only_finding("[intake]\nsubject = \"sms.>\""), HasSubstr("without wildcards"));
  EXPECT_THAT(only_finding("[nats]\nurl = \"nats://a,http://b\""), HasSubstr("must start with nats://"));
  EXPECT_THAT(only_finding("[nats]\npassword = \"p\""), HasSubstr("set nats.user"));
  EXPECT_THAT(only_finding("[nats]\nuser = \"u\"\npassword = \"geheim\"\npassword_file = \"/x\""),
              HasSubstr("password are both set"));
  EXPECT_THAT(only_finding("[nats]\ndomain = \"a.b\""), HasSubstr("nats.domain: must be one plain word"));
  EXPECT_THAT(only_finding("[nats]\napi_prefix = \"$JS.hub.API.\""), HasSubstr("nats.api_prefix: must be a subject"));
  EXPECT_THAT(only_finding("[nats]\ndomain = \"hub\"\napi_prefix = \"js.hub\""), HasSubstr("are both set; keep one"));
  EXPECT_THAT(only_finding("[nats]\ntls_ca = \"/nonexistent/ca\""), HasSubstr("cannot be read"));
  EXPECT_THAT(only_finding("[storage]\ndsn = \"host=x password=geheim\""),
              ::testing::AllOf(HasSubstr("holds a user or password"), ::testing::Not(HasSubstr("geheim"))));
  EXPECT_THAT(only_finding("[http]\nlisten = \"127.0.0.1:9090\""), HasSubstr("its own port"));
  EXPECT_THAT(
      findings("[http]\njwks_file = \"/proc/self/exe\""),
      ElementsAre(HasSubstr("http.jwt_audience: is needed with"), HasSubstr("http.jwt_issuer: is needed with")));
  EXPECT_TRUE(findings("[http]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"").empty());
  EXPECT_THAT(only_finding("[[plugins]]\nfile = \"x\"\n[[plugins]]\nfile = \"x\""),
              HasSubstr("g.toml:4:8: plugins[1].file: x is listed twice"));
  EXPECT_THAT(only_finding("[[plugins]]\nfile = \"x\"\ngrants = [\"sql\", \"sql\"]"), HasSubstr("g.toml:3:18"));
}

TEST(LoadConfig, ChecksTheChain) {
  const auto refusal = [](std::string_view text) {
    const auto loaded = parse(text);
    return loaded ? std::string() : to_string(loaded.errors.front());
  };
  EXPECT_THAT(refusal("[pipeline]\nstages = [\"a\", \"a\"]"),
              HasSubstr("g.toml:2:16: pipeline.stages[1]: stage \"a\" is named twice"));
  EXPECT_THAT(refusal("[pipeline]\nstages = [\"a\"]\ndisabled = [\"b\"]"),
              HasSubstr("g.toml:3:13: pipeline.disabled[0]: stage \"b\" is not in"));
  EXPECT_THAT(refusal("[pipeline]\nstages = []"), HasSubstr("pipeline.stages: must not be empty"));
  EXPECT_THAT(refusal(""), HasSubstr("pipeline.stages: is missing"));
}

TEST(LoadConfig, ReadsPasswordsFromFiles) {
  const TempFile secret("geheim\n");
  const TempFile empty("\n");
  const auto loaded = parse("[storage.svc]\npassword = \"${X:-}\"\npassword_file = \"" + secret.path() + "\"\n" +
                            std::string(kMinimal));
  ASSERT_TRUE(loaded) << to_string(loaded.errors.front());
  EXPECT_EQ(loaded.config->storage.svc.password, "geheim");
  EXPECT_THAT(only_finding("[storage.svc]\npassword_file = \"" + empty.path() + "\""), HasSubstr("is empty"));
  EXPECT_THAT(only_finding("[storage.svc]\npassword_file = \"/dev/zero\""), HasSubstr("cannot be read"));
  EXPECT_THAT(only_finding("[storage.svc]\npassword_file = \"/nonexistent\""),
              HasSubstr("storage.svc.password_file: file /nonexistent cannot be read"));
}

TEST(LoadConfig, LoadsAFileOrSaysWhyNot) {
  const TempFile file(kMinimal);
  EXPECT_TRUE(load_config(file.path(), kEnv));
  EXPECT_THAT(to_string(load_config("/nonexistent.toml", kEnv).errors.front()),
              HasSubstr("/nonexistent.toml: cannot be opened"));
  EXPECT_THAT(to_string(load_config("/tmp", kEnv).errors.front()), HasSubstr("/tmp: cannot be read"));
  const TempFile large(std::string(2'000'000, '\n'));
  EXPECT_THAT(to_string(load_config(large.path(), kEnv).errors.front()), HasSubstr("larger than 1 MiB"));
}

}  // namespace
}  // namespace dlrgw::host
