// SPDX-License-Identifier: Apache-2.0
// The harness itself: what the other tests take for granted.
#include <csignal>
#include <system_error>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/json.hpp"
#include "support/metrics.hpp"
#include "support/nats_client.hpp"
#include "support/servers.hpp"
#include "support/socket.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

NatsMessage inbound(const std::string& id) { return {kInboundSubject, "{}", id, {}, 0}; }

TEST(Support, PostgresKeepsCommittedRowsOverACrash) {
  TestPostgres postgres(PostgresOptions{true, false, {}});
  postgres.exec("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)");
  const auto port = postgres.port();
  postgres.restart(PostgresStop::kImmediate);
  EXPECT_EQ(postgres.port(), port);
  EXPECT_EQ(postgres.count("SELECT count(*) FROM t"), 2);
  EXPECT_EQ(postgres.count("SELECT count(*) FROM orch.sms_messages"), 0);
}

TEST(Support, PostgresIsDurableUnlessToldOtherwise) {
  EXPECT_EQ(TestPostgres().value("SHOW fsync"), "on");
  EXPECT_EQ(TestPostgres(PostgresOptions{true, false, {}}).value("SHOW fsync"), "off");
}

TEST(Support, PostgresAsksForPasswords) {
  TestPostgres postgres(PostgresOptions{true, false, {}});
  postgres.exec("CREATE ROLE somebody LOGIN PASSWORD 'right'");
  const auto connects = [&](const std::string& password) {
    SpawnOptions psql;
    psql.argv = {"psql", postgres.dsn_of("somebody", password), "-c", "SELECT 1"};
    return run_to_end(psql) == 0;
  };
  EXPECT_TRUE(connects("right"));
  EXPECT_FALSE(connects("wrong"));
}

TEST(Support, PostgresStatementStatisticsAndJsonRows) {
  TestPostgres postgres(PostgresOptions{true, true, {}});
  postgres.exec("CREATE TABLE t (a int, b text)");
  postgres.exec_json("INSERT INTO t SELECT * FROM json_to_recordset(:rows) AS x(a int, b text)",
                     {R"({"a":1,"b":"it's"})", R"({"a":2,"b":null})"});
  EXPECT_THAT(postgres.rows("SELECT a, b FROM t ORDER BY a"), ElementsAre(Row{"1", "it's"}, Row{"2", ""}));
  EXPECT_GT(postgres.count("SELECT count(*) FROM pg_stat_statements WHERE query LIKE 'INSERT INTO t%'"), 0);
}

TEST(Support, NatsKeepsItsStreamOverStopAndKill) {
  TestNats nats;
  nats.create_inbound();
  nats.publish(std::vector<NatsMessage>{inbound("a"), inbound("b"), inbound("a")});
  EXPECT_EQ(nats.stream_state(kInboundStream)->messages, 2U);  // the second "a" is a duplicate
  nats.restart();
  nats.kill9();
  nats.start();
  const auto messages = nats.read_stream(kInboundStream);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].msg_id, "a");
  EXPECT_EQ(messages[1].msg_id, "b");
  EXPECT_EQ(messages[1].seq, 2U);
  EXPECT_EQ(nats.consumer_state(kInboundStream, kInboundConsumer)->pending, 2U);
  EXPECT_FALSE(nats.stream_state("NO_SUCH_STREAM"));
}

TEST(Support, NatsCapturesTheOutboundSubjects) {
  TestNats nats;
  nats.create_capture();
  nats.publish(std::vector<NatsMessage>{{"billing.events", R"({"messageId":"m"})", "e1", {{"Dlr-Schema", "x/1"}}, 0}},
               true);
  const auto events = nats.read_stream(kCaptureStream);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].subject, "billing.events");
  EXPECT_EQ(events[0].headers.at("Dlr-Schema"), "x/1");
  EXPECT_EQ(json_field(events[0].data, "messageId"), "m");
}

TEST(Support, NatsTheProcessorMayNotReadTheInboundSubject) {
  TestNats nats;
  nats.create_inbound();
  const NatsClient processor(nats.url());
  for (const char* subject : {kInboundSubject, ">", "dlr.in.0.*", "dlr.in.9.0", "_INBOX.x"}) {
    natsSubscription* raw = nullptr;
    ASSERT_EQ(natsConnection_SubscribeSync(&raw, processor.connection(), subject), NATS_OK);
    const NatsSubscriptionPtr subscription(raw, {processor.connection()});
    natsConnection_FlushTimeout(processor.connection(), 5000);
    const char* last = nullptr;
    natsConnection_GetLastError(processor.connection(), &last);
    EXPECT_THAT(std::string(last == nullptr ? "" : last), HasSubstr(subject));
  }
  natsSubscription* raw = nullptr;
  ASSERT_EQ(natsConnection_SubscribeSync(&raw, processor.connection(), "dlr.in.2.63"), NATS_OK);
  const NatsSubscriptionPtr own(raw, {processor.connection()});
  ASSERT_EQ(
      natsConnection_PublishRequestString(processor.connection(), "$JS.API.STREAM.INFO.SMS_DLR", "dlr.in.2.63", ""),
      NATS_OK);
  natsMsg* answer = nullptr;
  ASSERT_EQ(natsSubscription_NextMsg(&answer, own.get(), 5000), NATS_OK);
  const NatsMsgPtr msg(answer);
  EXPECT_THAT(std::string(natsMsg_GetData(msg.get())), HasSubstr("SMS_DLR"));
}

TEST(Support, NatsThePublisherMayOnlyPublishReceipts) {
  TestNats nats;
  nats.create_inbound();
  nats.create_capture();
  const NatsClient connector(nats.connector_url());
  ASSERT_EQ(natsConnection_PublishString(connector.connection(), "billing.events", "{}"), NATS_OK);
  natsConnection_FlushTimeout(connector.connection(), 5000);
  EXPECT_EQ(nats.stream_state(kCaptureStream)->messages, 0U);
}

TEST(Support, RedisStopsAndStartsEmpty) {
  TestRedis redis;
  EXPECT_EQ(redis.command({"SET", "k", "v"}), "OK");
  EXPECT_EQ(redis.command({"GET", "k"}), "v");
  EXPECT_EQ(redis.key_count(), 1);
  redis.flush();
  EXPECT_EQ(redis.command({"GET", "k"}), "(nil)");
  redis.stop();
  EXPECT_THROW(redis.command({"PING"}), std::runtime_error);
  redis.start();
  EXPECT_EQ(redis.command({"PING"}), "PONG");
}

TEST(Support, AChildOutlivesTheThreadThatStartedIt) {
  ChildProcess child;
  std::thread([&child] {
    SpawnOptions options;
    options.argv = {"tail", "-f", "/dev/null"};
    child = ChildProcess(options);
  }).join();
  EXPECT_FALSE(child.wait(200ms));
  EXPECT_EQ(child.kill9(), 128 + SIGKILL);
}

TEST(Support, AKilledTestTakesItsServersAlong) {
  const TempDir dir;
  SpawnOptions options;
  options.argv = {DLRGW_SERVERS_BINARY};
  options.stdout_path = dir.path() + "/out";
  ChildProcess owner(options);
  ASSERT_TRUE(eventually([&] { return read_file(options.stdout_path).find("ready") != std::string::npos; }));
  const std::string out = read_file(options.stdout_path);
  std::vector<std::uint16_t> ports;
  for (const char* before :
       {"port=", "nats://dlr-processor:dlr-processor-of-a-private-test-server@127.0.0.1:", "redis://127.0.0.1:"})
    ports.push_back(static_cast<std::uint16_t>(std::stoul(out.substr(out.find(before) + std::string(before).size()))));
  const auto listens = [](std::uint16_t port) {
    try {
      const Socket socket("127.0.0.1", port, 1s);
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  };
  for (const auto port : ports) EXPECT_TRUE(listens(port)) << port;
  owner.kill9();
  for (const auto port : ports) EXPECT_TRUE(eventually([&] { return !listens(port); })) << port;
}

TEST(Support, ReadsMetrics) {
  const Metrics metrics = Metrics::parse(
      "# HELP a b\n# TYPE a counter\na{outcome=\"applied\",operatorId=\"x\\\"y\"} 3\na{outcome=\"late\"} 4\nb 1.5\n");
  EXPECT_EQ(metrics.sum("a"), 7);
  EXPECT_EQ(metrics.sum("a", {{"outcome", "late"}}), 4);
  EXPECT_EQ(metrics.sum("a", {{"operatorId", "x\"y"}}), 3);
  EXPECT_EQ(metrics.sum("b"), 1.5);
  EXPECT_FALSE(metrics.has("c"));
}

TEST(Support, WritesAndReadsJson) {
  const std::string json = JsonObject().text("a", "x\"\\\n").number("n", -5).boolean("t", true).raw("o", "[1]").str();
  EXPECT_EQ(json, R"({"a":"x\"\\\n","n":-5,"t":true,"o":[1]})");
  EXPECT_EQ(json_field(json, "a"), "x\"\\\n");
  EXPECT_EQ(json_field(json, "n"), "-5");
  EXPECT_EQ(json_field(json, "o"), "[1]");
  EXPECT_EQ(json_field("{", "a"), "");
}

}  // namespace
}  // namespace dlrgw::test
