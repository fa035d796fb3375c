// SPDX-License-Identifier: Apache-2.0
#include "pipeline/held_receipts.hpp"

#include <stdexcept>

#include <dlrgw/abi/plugin.h>
#include <dlrgw/cpp/receipt.hpp>

#include "pipeline/invalid_rows.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t kDeadlineUs = 10'000'000;
constexpr std::uint32_t kFailuresToEnd = 5;  // in a row: the obstacle is still there
constexpr std::size_t kPageSize = 100;

Statement compiled(StatementDef def) {
  def.owner = "host";
  Result<Statement> statement = Statement::compile(std::move(def), 0);
  if (!statement) throw std::logic_error(statement.error().text);
  return std::move(*statement);
}

Statement page_statement() {
  StatementDef def;
  def.name = "held_page";
  def.is_query = true;
  def.text =
      "SELECT i.stream_identity, i.stream_seq, i.event_id, i.operator_id, i.reason, i.stage, i.plugin, i.payload, "
      "i.received_at, coalesce(i.stream_time, i.received_at) FROM dlrgw_rows r JOIN dlr.invalid_dlrs i ON "
      "(i.stream_identity, i.stream_seq) > (r.identity, r.seq) WHERE i.kind = 'held' ORDER BY i.stream_identity, "
      "i.stream_seq LIMIT " +
      std::to_string(kPageSize);
  def.columns = {{"identity", ColumnType::kText}, {"seq", ColumnType::kInt}};
  return compiled(std::move(def));
}

Statement release_statement() {
  StatementDef def;
  def.name = "release_held";
  def.is_query = true;
  def.text = "SELECT dlr.release_held(r.identity, r.seq) FROM dlrgw_rows r";
  def.columns = {{"identity", ColumnType::kText}, {"seq", ColumnType::kInt}};
  return compiled(std::move(def));
}

Statement count_statement() {
  StatementDef def;
  def.name = "count_held";
  def.is_query = true;
  def.text = "SELECT reason, count(*) FROM dlr.invalid_dlrs WHERE kind = 'held' GROUP BY reason";
  return compiled(std::move(def));
}

}  // namespace

HeldReceipts::HeldReceipts(HeldDeps deps)
    : deps_(std::move(deps)), page_(page_statement()), release_(release_statement()), count_(count_statement()) {}

Status HeldReceipts::turn(const std::function<bool()>& should_stop) {
  std::uint32_t failures = 0;
  bool wrapped = after_seq_ == 0;
  while (!should_stop()) {
    const Result<std::vector<Row>> page = read_page();
    if (!page) return page.error();
    if (page->empty()) {
      after_identity_.clear();
      after_seq_ = 0;
      if (std::exchange(wrapped, true)) break;
      continue;
    }
    for (const Row& row : *page) {
      if (should_stop() || failures == kFailuresToEnd) break;
      after_identity_ = row.identity;
      after_seq_ = row.seq;
      failures = try_one(row) == Tried::kStillHeld ? failures + 1 : 0;
    }
    if (failures == kFailuresToEnd) break;
  }
  return count();
}

Result<std::vector<HeldReceipts::Row>> HeldReceipts::read_page() {
  UnitOfWork unit(deps_.pool, deps_.clock, deps_.clock.monotonic_us() + kDeadlineUs);
  const Value after[] = {Value::string(after_identity_), Value::int64(after_seq_)};
  if (Status added = unit.add_row(page_, 0, after); !added) return added.error();
  const Result<std::uint32_t> rows = unit.query(page_);
  if (!rows) return rows.error();
  std::vector<Row> out;
  for (std::uint32_t i = 0; i < *rows; ++i) {
    const auto text = [&](std::uint32_t column) { return std::string(unit.result().raw(i, column).value_or("")); };
    const auto value = [&](std::uint32_t column, ColumnType type) { return unit.result().get(i, column, type); };
    const auto payload = value(7, ColumnType::kBytes);
    const auto received = value(8, ColumnType::kTime);
    const auto stored = value(9, ColumnType::kTime);
    if (!payload || !received || !stored) return Error{ErrorCode::kInternal, "a held row cannot be read"};
    out.push_back({text(0), std::stoll(text(1)), text(2), text(3), text(4), text(5), text(6),
                   std::string(payload->text), received->integer, stored->integer});
  }
  return out;
}

Status HeldReceipts::release(UnitOfWork& unit, const Row& row) {
  const Value key[] = {Value::string(row.identity), Value::int64(row.seq)};
  if (Status added = unit.add_row(release_, 0, key); !added) return added;
  const Result<std::uint32_t> rows = unit.query(release_);
  if (!rows) return rows.error();
  if (unit.result().raw(0, 0) == "t") return {};
  return Error{ErrorCode::kDenied, "it is not held any more"};
}

HeldReceipts::Tried HeldReceipts::try_one(const Row& row) {
  const auto key = std::make_pair(row.identity, row.seq);
  Submission submission;
  submission.payload = row.payload;
  submission.event_id = row.event_id;
  submission.received_at_us = row.received_at_us;
  submission.stream_identity = row.identity;
  submission.stream_seq = static_cast<std::uint64_t>(row.seq);
  submission.stream_time_us = row.stream_time_us;
  submission.retries = retries_[key];
  submission.first_outcome = true;
  submission.complete = [&](Batch& batch, std::string_view) -> Status {
    if (Status released = release(batch.work->unit, row); !released) return released;
    if (Status added = add_invalid_rows(batch, deps_.insert_invalid); !added) return added;
    return batch.work->unit.flush();
  };
  const Result<SubmissionResult> result = deps_.submit(submission);
  if (result && result->outcome != kOutcomeRetry) {
    retries_.erase(key);
    deps_.logger.emit(Level::kInfo, "dlr.held.released",
                      {{"streamSequence", row.seq}, {"operatorId", row.operator_id}, {"outcome", result->outcome}});
    return Tried::kSettled;
  }
  if (result) {
    retries_[key].increment(result->stage);
    return Tried::kGone;  // a stage wants to see it again; nothing is in the way
  }
  if (result.error().code == ErrorCode::kData) return reject(row, result.error().text);
  if (result.error().code == ErrorCode::kDenied) return Tried::kGone;
  return Tried::kStillHeld;
}

// Now it is known that its own rows can never be stored.
HeldReceipts::Tried HeldReceipts::reject(const Row& row, const std::string& why) {
  UnitOfWork unit(deps_.pool, deps_.clock, deps_.clock.monotonic_us() + kDeadlineUs);
  if (!release(unit, row)) return Tried::kGone;
  const auto or_null = [](const std::string& text) { return text.empty() ? Value::null() : Value::string(text); };
  const Value values[] = {Value::string(row.identity),
                          Value::int64(row.seq),
                          Value::string("rejected"),
                          Value::string("data"),
                          Value::string(why),
                          or_null(row.stage),
                          or_null(row.plugin),
                          or_null(row.operator_id),
                          row.event_id.empty() ? Value::null() : Value::uuid(row.event_id),
                          Value::time_us(row.received_at_us),
                          Value::bytes(row.payload),
                          Value::null(),
                          Value::null()};
  if (!unit.add_row(deps_.insert_invalid, 0, values) || !unit.flush() || !unit.commit()) return Tried::kStillHeld;
  deps_.metrics.received(row.operator_id);
  deps_.metrics.processed(row.operator_id, status_label(DLRGW_STATUS_NONE), DLRGW_OUTCOME_REJECTED);
  IngestTally tally;
  tally.add(row.operator_id, row.received_at_us, DLRGW_OUTCOME_REJECTED);
  deps_.ingest_stats.add(tally);
  return Tried::kSettled;
}

Status HeldReceipts::count() {
  UnitOfWork unit(deps_.pool, deps_.clock, deps_.clock.monotonic_us() + kDeadlineUs);
  const Result<std::uint32_t> rows = unit.query(count_);
  if (!rows) return rows.error();
  std::map<std::string, std::size_t> found;
  for (std::uint32_t i = 0; i < *rows; ++i)
    found[std::string(unit.result().raw(i, 0).value_or(""))] =
        static_cast<std::size_t>(std::stoll(std::string(unit.result().raw(i, 1).value_or("0"))));
  const MutexLock lock(mutex_);
  held_ = std::move(found);
  return {};
}

std::map<std::string, std::size_t> HeldReceipts::held() const {
  const MutexLock lock(mutex_);
  return held_;
}

void HeldReceipts::forget() {
  const MutexLock lock(mutex_);
  held_.clear();
}

}  // namespace dlrgw::host
