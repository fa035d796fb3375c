// SPDX-License-Identifier: Apache-2.0
#include "storage/unit_of_work.hpp"

#include <algorithm>
#include <chrono>

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxParameterBytes = std::size_t{32} << 20;  // the server parses and copies it several times

#ifdef NDEBUG
constexpr bool kCheckKeys = false;
#else
constexpr bool kCheckKeys = true;
#endif

DbFailure failed(ErrorCode code, Blame blame, std::string action, std::string text) {
  DbFailure failure;
  failure.action = std::move(action);
  failure.code = code;
  failure.blame = blame;
  failure.text = std::move(text);
  return failure;
}

DbFailure too_late(TimedOut on, std::string text) {
  DbFailure failure = failed(ErrorCode::kTransient, Blame::kTimeout, std::string(kCommitAction), std::move(text));
  failure.timed_out = on;
  return failure;
}

}  // namespace

UnitOfWork::UnitOfWork(Pool& pool, const Clock& clock, std::int64_t deadline_us)
    : pool_(pool), clock_(clock), deadline_us_(deadline_us) {}

UnitOfWork::~UnitOfWork() { rollback(); }

Status UnitOfWork::fail(DbFailure failure) {
  if (lease_) {
    if (failure.blame == Blame::kServer) lease_.discard_all_older();
    if (failure.drop_connection) lease_.discard();
  }
  failure_ = std::move(failure);
  return failure_->error();
}

RowSet& UnitOfWork::rows_of(const Statement& statement) {
  const auto found = std::find_if(pending_.begin(), pending_.end(),
                                  [&](const RowSet& rows) { return &rows.statement() == &statement; });
  return found != pending_.end() ? *found : pending_.emplace_back(statement);
}

Status UnitOfWork::check_usable() {
  if (failure_) return failure_->error();
  if (finished_) return Error{ErrorCode::kInvalid, "this unit of work is committed or rolled back"};
  return {};
}

Status UnitOfWork::add_row(const Statement& statement, std::uint64_t tag, std::span<const Value> values) {
  if (Status usable = check_usable(); !usable) return usable;
  return rows_of(statement).append(tag, values);
}

Status UnitOfWork::ready() {
  if (Status usable = check_usable(); !usable) return usable;
  const std::int64_t now_us = clock_.monotonic_us();
  const std::int64_t left_us = deadline_us_ - now_us;
  if (left_us <= 0) return fail(too_late(TimedOut::kStatement, "the unit of work ran over its deadline"));
  if (began_) return {};
  Result<Lease> lease = pool_.acquire(std::chrono::microseconds(left_us));
  if (!lease && lease.error().code == ErrorCode::kTransient)
    return fail(too_late(TimedOut::kOthers, lease.error().text));
  if (!lease) return fail(failed(ErrorCode::kUnavailable, Blame::kServer, "session", lease.error().text));
  lease_ = std::move(*lease);
  if (DbStatus failure = lease_->begin()) return fail(std::move(*failure));
  began_ = true;
  session_us_ = clock_.monotonic_us() - now_us;
  return {};
}

Status UnitOfWork::send(const Statement& statement, std::span<const std::string> arrays, std::size_t row_count,
                        ResultTable* result) {
  auto execution = std::find_if(executions_.begin(), executions_.end(),
                                [&](const Execution& e) { return e.statement == &statement; });
  if (execution == executions_.end()) execution = executions_.insert(execution, {&statement, 0, 0});
  ++execution->count;
  const std::int64_t sent_us = clock_.monotonic_us();
  std::uint64_t affected = 0;
  if (DbStatus failure = lease_->run(statement, arrays, result, affected)) return fail(std::move(*failure));
  execution->took_us += clock_.monotonic_us() - sent_us;
  if (statement.one_each() && affected != row_count) {
    // In a table of others a trigger of theirs may have left a row as it was.
    const bool ours = statement.own_tables_only();
    return fail(failed(ours ? ErrorCode::kTransient : ErrorCode::kUnavailable,
                       ours ? Blame::kInvariant : Blame::kEnvironment, statement.action(),
                       "statement " + statement.full_name() + ": " + std::to_string(row_count) + " rows affected " +
                           std::to_string(affected) + " instead of one each"));
  }
  if (!statement.is_query()) affected_ += affected;
  return {};
}

Result<std::uint32_t> UnitOfWork::query(const Statement& statement) {
  result_.reset(0);
  if (Status usable = check_usable(); !usable) return usable.error();
  if (!statement.is_query())
    return Error{ErrorCode::kInvalid, "statement " + statement.full_name() + " is a write; add rows and commit"};
  std::vector<std::string> arrays;
  std::size_t row_count = 0;
  if (statement.takes_rows()) {
    RowSet& rows = rows_of(statement);
    row_count = rows.size();
    if (row_count == 0) return 0U;
    arrays = rows.arrays(rows.select(KeepRow{}));
    rows.clear();
  }
  if (Status status = ready(); !status) return status.error();
  if (Status status = send(statement, arrays, row_count, &result_); !status) {
    result_.reset(0);
    return status.error();
  }
  return result_.rows();
}

Status UnitOfWork::flush_one(RowSet& rows, const KeepRow& keep) {
  const std::vector<std::uint32_t> chosen = rows.select(keep);
  if (chosen.empty()) return {};
  const Statement& statement = rows.statement();
  if (kCheckKeys && rows.has_equal_keys(chosen))
    return fail(failed(ErrorCode::kInvalid, Blame::kInvariant, statement.action(),
                       "statement " + statement.full_name() + ": two rows of one flush have the same key"));
  if (Status status = ready(); !status) return status;
  for (std::size_t first = 0; first < chosen.size();) {
    std::size_t last = first;
    for (std::size_t bytes = 0; last < chosen.size(); ++last) {
      bytes += rows.row_bytes(chosen[last]);
      if (bytes > kMaxParameterBytes && last > first) break;
    }
    const std::span<const std::uint32_t> part(chosen.data() + first, last - first);
    if (Status status = send(statement, rows.arrays(part), part.size(), nullptr); !status) return status;
    first = last;
  }
  return {};
}

Status UnitOfWork::flush(const KeepRow& keep) {
  if (Status usable = check_usable(); !usable) return usable;
  std::vector<RowSet*> writes;
  for (RowSet& rows : pending_)
    if (!rows.statement().is_query() && !rows.empty()) writes.push_back(&rows);
  std::stable_sort(writes.begin(), writes.end(),
                   [](const RowSet* a, const RowSet* b) { return a->statement().order() < b->statement().order(); });
  Status status;
  for (RowSet* rows : writes) {
    if (status) status = flush_one(*rows, keep);
    rows->clear();
  }
  return status;
}

Result<std::uint64_t> UnitOfWork::commit() {
  if (Status usable = check_usable(); !usable) return usable.error();
  const auto unsent = std::find_if(pending_.begin(), pending_.end(),
                                   [](const RowSet& rows) { return !rows.statement().is_query() && !rows.empty(); });
  if (unsent != pending_.end())
    return fail(failed(ErrorCode::kInternal, Blame::kCaller, unsent->statement().action(),
                       "statement " + unsent->statement().full_name() + ": rows were added after the last flush"))
        .error();
  if (began_) {
    if (Status status = ready(); !status) return status.error();
    const std::int64_t sent_us = clock_.monotonic_us();
    if (DbStatus failure = lease_->commit()) return fail(std::move(*failure)).error();
    commit_us_ = clock_.monotonic_us() - sent_us;
    lease_.release();
  }
  finished_ = true;
  return affected_;
}

void UnitOfWork::rollback() {
  finished_ = true;
  pending_.clear();
  if (!lease_) return;
  lease_->rollback();
  lease_.release();
}

}  // namespace dlrgw::host
