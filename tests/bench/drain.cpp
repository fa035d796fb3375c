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

double table_bytes(Pg& db, const std::string& schema) {
  return std::stod(
      db.value("SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class WHERE relkind = 'r' AND "
               "relnamespace = '" +
               schema + "'::regnamespace AND relname NOT LIKE 'outbox%'"));
}

// Sessions report what they did at the latest when they end: asked for while none but ours is there.
double blocks(Pg& db) {
  const bool alone = test::eventually([&db] {
    return db.value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "backend_type = 'client backend' AND pid <> pg_backend_pid()") == "0";
  });
  if (!alone) throw std::runtime_error("sessions of the process are still there");
  return std::stod(db.value("SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"));
}

// The rows of this drain; whatever was stored before is older.
std::int64_t rows_since(Pg& db, const std::string& table, const std::string& start) {
  return db.count("SELECT count(*) FROM " + table + " WHERE processed_at >= '" + start + "'");
}

}  // namespace

Drain run_drain(World& world, Contender& contender, const std::string& database, std::int64_t first, std::int64_t count,
                Progress& progress) {
  auto& servers = world.servers();
  publish_all(servers.nats, first, count, progress);
  Streams streams(servers.nats);
  Pg db(world.admin_dsn(database));
  const std::int64_t events_before = streams.events();
  Drain drain;
  const std::string start = db.value("SELECT clock_timestamp()");
  const double blocks_before = blocks(db);
  const double bytes_before = table_bytes(db, contender.schema);

  const auto started = Clock::now();
  auto moved = started;
  const auto check = [&] {
    if (!contender.running()) throw std::runtime_error("the process ended on its own\n" + contender.last_words());
    if (Clock::now() - moved > kStandstill)
      throw std::runtime_error("the drain stands still\n" + contender.last_words());
  };
  const auto note_ready = [&] {
    if (drain.ready_s == 0 && contender.ready()) drain.ready_s = seconds_since(started);
  };
  contender.start();
  while (streams.consumer().ack_pending == 0) {
    check();
    note_ready();
    test::beat(kFirstPoll);
  }
  const auto delivered = Clock::now();
  const CpuTimes cpu_before = cpu_times();
  const CpuTimes threads_before = thread_times(contender.pid());
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
    if (committed && events >= expected_events &&
        db.value("SELECT NOT EXISTS (SELECT FROM " + contender.schema + ".outbox)") == "t")
      break;
    progress.show("to do " + std::to_string(to_do) + ", events " + std::to_string(events - events_before));
    test::beat(to_do > count / 50 ? kPoll : kLastPolls);
  }
  drain.seconds = seconds_since(delivered);
  drain.cpu = cpu_times() - cpu_before;
  drain.threads = thread_times(contender.pid()) - threads_before;
  drain.wal_bytes = std::stod(db.value("SELECT pg_current_wal_lsn() - '" + wal_before + "'::pg_lsn"));
  drain.rss_mib = peak_mib(contender.pid());
  contender.end();
  drain.blocks = blocks(db) - blocks_before;
  drain.disk_bytes = table_bytes(db, contender.schema) - bytes_before;

  const std::int64_t rows = rows_since(db, contender.receipts, start);
  if (rows != count || streams.events() != expected_events)
    throw std::runtime_error("other work was done than what is measured: " + std::to_string(rows) + " of " +
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
