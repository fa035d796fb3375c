// SPDX-License-Identifier: Apache-2.0
#include "app/stats_writer.hpp"

#include <chrono>
#include <stdexcept>

#include "storage/unit_of_work.hpp"
#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

// What a kill -9 may lose of the counts; a row per minute, operator and outcome each time.
constexpr auto kInterval = 5s;
constexpr std::int64_t kDeadlineUs = 5'000'000;

Statement insert_statement() {
  StatementDef def;
  def.owner = "host";
  def.name = "insert_ingest_stats";
  def.text =
      "INSERT INTO dlr.ingest_stats (minute, operator_id, outcome, instance, n) SELECT minute, operator_id, outcome, "
      "instance, n FROM dlrgw_rows ON CONFLICT DO NOTHING";
  def.key_count = 3;
  def.columns = {{"minute", ColumnType::kTime},
                 {"operator_id", ColumnType::kText},
                 {"outcome", ColumnType::kText},
                 {"instance", ColumnType::kText},
                 {"n", ColumnType::kInt}};
  Result<Statement> compiled = Statement::compile(std::move(def), 0);
  if (!compiled) throw std::logic_error(compiled.error().text);
  return std::move(*compiled);
}

}  // namespace

StatsWriter::StatsWriter(IngestStats& stats, Pool& pool, const Clock& clock, Logger& logger,
                         const std::string& instance)
    : stats_(stats),
      pool_(pool),
      clock_(clock),
      logger_(logger),
      insert_(insert_statement()),
      process_(instance + "/" + std::to_string(clock.now_us())) {}

StatsWriter::~StatsWriter() { stop(); }

void StatsWriter::start() {
  thread_ = std::thread([this] {
    name_thread("ingest stats");
    run();
  });
}

void StatsWriter::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  // What an earlier turn left over, then what came since.
  if (pending_.counts.empty() || store()) (void)store();
  std::int64_t lost = 0;
  for (const auto& [key, count] : pending_.counts) lost += count;
  for (const auto& [key, count] : stats_.take()) lost += count;
  if (lost != 0) logger_.emit(Level::kWarn, "dlr.ingest_stats.lost", {{"receipts", lost}});
}

void StatsWriter::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kInterval, [this] { return stopping_; })) {
    lock.unlock();
    (void)store();  // what failed is tried again; that PostgreSQL is away, the supervisor tells
    lock.lock();
  }
}

// False: nothing more can be stored now.
bool StatsWriter::store() {
  if (pending_.counts.empty()) pending_ = {process_ + "#" + std::to_string(++flushes_), stats_.take()};
  if (pending_.counts.empty()) return true;
  if (!write(pending_)) return false;
  pending_.counts.clear();
  return true;
}

Status StatsWriter::write(const Flush& flush) {
  UnitOfWork work(pool_, clock_, clock_.monotonic_us() + kDeadlineUs);
  for (const auto& [key, count] : flush.counts) {
    const Value row[] = {Value::time_us(key.minute_us), Value::string(key.operator_id), Value::string(key.outcome),
                         Value::string(flush.instance), Value::int64(count)};
    if (Status added = work.add_row(insert_, 0, row); !added) return added;
  }
  if (Status flushed = work.flush(); !flushed) return flushed;
  const Result<std::uint64_t> committed = work.commit();
  return committed ? Status() : Status(committed.error());
}

}  // namespace dlrgw::host
