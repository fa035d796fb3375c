// SPDX-License-Identifier: Apache-2.0
#include "bench/drain.hpp"

#include <cstdio>
#include <stdexcept>
#include <utility>

#include "bench/load.hpp"
#include "bench/observer.hpp"
#include "support/eventually.hpp"
#include "support/nats_client.hpp"

namespace dlrgw::bench {
namespace {

constexpr std::chrono::milliseconds kFirstPoll{2};
constexpr std::chrono::milliseconds kPoll{100};      // each look costs what the measured ones could use
constexpr std::chrono::milliseconds kLastPolls{10};  // once the end is near
constexpr std::chrono::seconds kStandstill{20};      // without any receipt or event getting done

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// One connection for many questions.
class Streams {
 public:
  explicit Streams(test::TestNats& nats) : client_(nats.admin_url()) {}
  [[nodiscard]] test::ConsumerState consumer() {
    jsConsumerInfo* raw = nullptr;
    jsErrCode error{};
    const natsStatus status =
        js_GetConsumerInfo(&raw, client_.js(), test::kInboundStream, test::kInboundConsumer, nullptr, &error);
    const test::JsConsumerInfoPtr info(raw);
    test::nats_check(status, "info of the consumer", error);
    return {info->NumPending, info->NumAckPending, info->NumRedelivered, info->AckFloor.Stream};
  }
  [[nodiscard]] std::int64_t events() {
    jsStreamInfo* raw = nullptr;
    jsErrCode error{};
    const natsStatus status = js_GetStreamInfo(&raw, client_.js(), test::kCaptureStream, nullptr, &error);
    const test::JsStreamInfoPtr info(raw);
    test::nats_check(status, "info of the events' stream", error);
    return static_cast<std::int64_t>(info->State.Msgs);
  }

 private:
  test::NatsClient client_;
};

std::string failure(const test::GatewayProcess& gateway, const std::string& what) {
  std::string text = what + "\n" + gateway.error_output();
  const auto lines = gateway.logs();
  for (std::size_t i = lines.size() > 10 ? lines.size() - 10 : 0; i < lines.size(); ++i) text += lines[i] + "\n";
  return text;
}

}  // namespace

Drain run_drain(World& world, const std::string& database, std::int64_t first, std::int64_t count,
                std::unique_ptr<test::GatewayProcess>& gateway, Progress& progress) {
  auto& servers = world.servers();
  publish_all(servers.nats, first, count, progress);
  Streams streams(servers.nats);
  Pg db(world.admin_dsn(database));
  const std::int64_t rows_before = db.count("SELECT count(*) FROM dlr.delivery_receipts");
  const std::int64_t events_before = streams.events();
  gateway = world.gateway(database);

  Drain drain;
  const auto started = Clock::now();
  auto moved = started;
  const auto check = [&] {
    if (!gateway->running()) throw std::runtime_error(failure(*gateway, "the gateway ended on its own"));
    if (Clock::now() - moved > kStandstill) throw std::runtime_error(failure(*gateway, "the drain stands still"));
  };
  const auto note_ready = [&] {
    if (drain.ready_s == 0 && gateway->get("/ready").status == 200) drain.ready_s = seconds_since(started);
  };
  gateway->start();
  while (streams.consumer().ack_pending == 0) {
    check();
    note_ready();
    test::beat(kFirstPoll);
  }
  const auto delivered = Clock::now();
  const CpuTimes cpu_before = cpu_times();
  const std::string wal_before = db.value("SELECT pg_current_wal_lsn()");

  bool committed = false;
  std::int64_t last_done = 0;
  const std::int64_t expected_events = events_before + kEventsPerReceipt * count;
  for (;;) {
    check();
    note_ready();
    const auto consumer = streams.consumer();
    if (!committed && consumer.pending == 0 && consumer.ack_pending == 0) {
      committed = true;
      drain.committed_seconds = seconds_since(delivered);
    }
    const std::int64_t events = streams.events();
    const std::int64_t to_do = static_cast<std::int64_t>(consumer.pending) + consumer.ack_pending;
    if (const std::int64_t done = events - to_do; done != std::exchange(last_done, done)) moved = Clock::now();
    if (committed && events >= expected_events && db.value("SELECT NOT EXISTS (SELECT FROM dlr.outbox)") == "t") break;
    progress.show("to do " + std::to_string(to_do) + ", events " + std::to_string(events - events_before));
    test::beat(to_do > count / 50 ? kPoll : kLastPolls);
  }
  drain.seconds = seconds_since(delivered);
  drain.cpu = cpu_times() - cpu_before;
  drain.wal_bytes = std::stod(db.value("SELECT pg_current_wal_lsn() - '" + wal_before + "'::pg_lsn"));
  drain.rss_mib = gateway_peak_mib();

  const std::int64_t rows = db.count("SELECT count(*) FROM dlr.delivery_receipts") - rows_before;
  if (rows != count || streams.events() != expected_events)
    throw std::runtime_error("the gateway did other work than what is measured: " + std::to_string(rows) + " of " +
                             std::to_string(count) + " receipts stored, " +
                             std::to_string(streams.events() - events_before) + " events");
  return drain;
}

void forget_statements(World& world, const std::string& database) {
  Pg(world.admin_dsn(database)).exec("SELECT pg_stat_statements_reset()");
}

std::string statement_table(World& world, const std::string& database, std::int64_t receipts) {
  Pg db(world.admin_dsn(database));
  const PgResult result = db.exec(
      "SELECT coalesce(substring(query from '/\\* ([^ ]+) \\*/'), left(regexp_replace(query, '\\s+', ' ', 'g'), 40)), "
      "calls, total_exec_time, wal_bytes, shared_blks_hit, shared_blks_read FROM pg_stat_statements s JOIN pg_database "
      "d ON d.oid = s.dbid WHERE d.datname = current_database() AND calls > 1 ORDER BY total_exec_time DESC LIMIT 14");
  char line[200];
  std::snprintf(line, sizeof line, "%-44s %8s %12s %12s %12s\n", "statement", "calls", "us/receipt", "WAL/receipt",
                "blocks/rec.");
  std::string out = line;
  const auto n = static_cast<double>(receipts);
  for (int row = 0; row < result.rows(); ++row) {
    std::snprintf(line, sizeof line, "%-44s %8s %12.1f %12.0f %12.1f\n", result.text(row, 0).c_str(),
                  result.text(row, 1).c_str(), std::stod(result.text(row, 2)) * 1000 / n,
                  std::stod(result.text(row, 3)) / n,
                  (std::stod(result.text(row, 4)) + std::stod(result.text(row, 5))) / n);
    out += line;
  }
  return out;
}

}  // namespace dlrgw::bench
