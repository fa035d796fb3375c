// SPDX-License-Identifier: Apache-2.0
#include "app/stats_writer.hpp"

#include <chrono>
#include <stdexcept>

#include "storage/unit_of_work.hpp"
#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

// At most this much of the counts is lost by kill -9. Each time one row per minute, operator and outcome is stored.
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
      flushes_(instance + "/" + std::to_string(clock.now_us())) {}

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
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  // What an earlier turn left over, then what came since.
  if (!flushes_.is_left_over() || store()) (void)store();
  if (const std::int64_t lost = flushes_.give_up(stats_); lost != 0)
    logger_.emit(Level::kWarn, "dlr.ingest_stats.lost", {{"receipts", lost}});
}

void StatsWriter::run() {
  MutexLock lock(mutex_);
  while (!changed_.wait_for(lock, kInterval, [this]() DLRGW_REQUIRES(mutex_) { return stopping_; })) {
    lock.unlock();
    (void)store();  // a failure is tried again; the supervisor reports that PostgreSQL is away
    lock.lock();
  }
}

// False: nothing more can be stored now.
bool StatsWriter::store() {
  const StatsFlushes::Flush* const flush = flushes_.next(stats_);
  if (flush == nullptr) return true;
  if (!write(*flush)) return false;
  flushes_.stored();
  return true;
}

Status StatsWriter::write(const StatsFlushes::Flush& flush) {
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
