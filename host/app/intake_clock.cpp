// SPDX-License-Identifier: Apache-2.0
#include "app/intake_clock.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "storage/unit_of_work.hpp"
#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 2s;
constexpr std::int64_t kDeadlineUs = 5'000'000;

Statement insert_statement() {
  StatementDef def;
  def.owner = "host";
  def.name = "insert_intake_clock";
  def.text =
      "INSERT INTO dlr.intake_clock (instance, stream_identity, looked_at, ack_floor, idle, settled_seq, settled_at) "
      "SELECT instance, stream_identity, looked_at, ack_floor, idle, settled_seq, settled_at FROM dlrgw_rows";
  def.columns = {{"instance", ColumnType::kText},  {"stream_identity", ColumnType::kText},
                 {"looked_at", ColumnType::kTime}, {"ack_floor", ColumnType::kInt},
                 {"idle", ColumnType::kBool},      {"settled_seq", ColumnType::kInt},
                 {"settled_at", ColumnType::kTime}};
  def.key_count = 1;
  Result<Statement> compiled = Statement::compile(std::move(def), 0);
  if (!compiled) throw std::logic_error(compiled.error().text);
  return std::move(*compiled);
}

}  // namespace

std::array<Value, 7> intake_clock_row(const IntakeStatus& status, const std::string& instance) {
  // What was settled in an earlier stream says nothing about this one.
  const bool settled = status.settled.stream_identity == status.stream_identity && status.settled.stream_seq != 0;
  return {
      Value::string(instance),
      Value::string(status.stream_identity),
      Value::time_us(status.looked_at_us),
      Value::int64(static_cast<std::int64_t>(status.ack_floor)),
      Value::boolean(status.pending == 0 && status.ack_pending == 0),
      settled ? Value::int64(static_cast<std::int64_t>(status.settled.stream_seq)) : Value::null(),
      settled ? Value::time_us(status.settled.stream_time_us) : Value::null(),
  };
}

IntakeClock::IntakeClock(Read read, Pool& pool, const Clock& clock, std::string instance)
    : read_(std::move(read)), pool_(pool), clock_(clock), instance_(std::move(instance)), insert_(insert_statement()) {}

IntakeClock::~IntakeClock() { stop(); }

void IntakeClock::start() {
  thread_ = std::thread([this] {
    name_thread("intake clock");
    run();
  });
}

void IntakeClock::stop() {
  if (!thread_.joinable()) return;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void IntakeClock::run() {
  MutexLock lock(mutex_);
  while (!changed_.wait_for(lock, kInterval, [this]() DLRGW_REQUIRES(mutex_) { return stopping_; })) {
    lock.unlock();
    const IntakeStatus status = read_();
    const bool is_new = status.looked_at_us != 0 && status.looked_at_us != written_us_;
    if (status.active && is_new && write(status)) written_us_ = status.looked_at_us;
    lock.lock();
  }
}

bool IntakeClock::write(const IntakeStatus& status) const {
  UnitOfWork work(pool_, clock_, clock_.monotonic_us() + kDeadlineUs);
  return work.add_row(insert_, 0, intake_clock_row(status, instance_)) && work.flush() && work.commit();
}

}  // namespace dlrgw::host
