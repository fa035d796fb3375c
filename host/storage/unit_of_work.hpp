// SPDX-License-Identifier: Apache-2.0
// One transaction: what a batch, a job or a route reads and writes. Queries run now, writes are collected and run once
// per statement at flush(). Owned by the lane or handler that opened it; one thread at a time.
// Takes a connection at the first query or flush, gives it back at commit or rollback. After a failure every further
// call answers that failure; the owner then rolls back and decides by failure().
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/pool.hpp"
#include "storage/result_table.hpp"
#include "storage/row_set.hpp"
#include "storage/statement.hpp"
#include "support/clock.hpp"

namespace dlrgw::host {

class UnitOfWork {
 public:
  // How often a statement was sent and how long its answers took together.
  struct Execution {
    const Statement* statement;
    std::uint32_t count;
    std::int64_t took_us;
  };

  // deadline_us: on clock.monotonic_us(). Nothing is sent, nor committed, after it (kTransient).
  UnitOfWork(Pool& pool, const Clock& clock, std::int64_t deadline_us);
  ~UnitOfWork();  // rolls back what was not committed
  UnitOfWork(const UnitOfWork&) = delete;
  UnitOfWork& operator=(const UnitOfWork&) = delete;

  // Adds one row of a query or a write; statement must outlive this. A refused row (kInvalid, kData) does not fail the
  // unit of work: it concerns one receipt. tag: the receipt it belongs to, 0 = none.
  Status add_row(const Statement& statement, std::uint64_t tag, std::span<const Value> values);

  // Runs a query over the rows added since its last run, and forgets them. Answers the number of rows in result().
  // Without rows, a query with columns is not sent and answers 0.
  Result<std::uint32_t> query(const Statement& statement);
  // Of the last query(); its texts live until the next one.
  [[nodiscard]] const ResultTable& result() const { return result_; }

  // Sends the collected writes whose tag `keep` lets through, in ascending Statement::order(), each once (more often
  // only beyond 32 MiB of rows), and forgets all of them. May be called again after further add_row(): a sink does.
  Status flush(const KeepRow& keep = {});
  // Answers the rows that the writes affected. in_doubt in failure(): the connection was lost during COMMIT.
  // kInternal, and nothing is committed, when writes were added after the last flush().
  Result<std::uint64_t> commit();
  void rollback();

  [[nodiscard]] const DbFailure* failure() const { return failure_ ? &*failure_ : nullptr; }
  // True once a transaction was begun.
  [[nodiscard]] bool touched_database() const { return began_; }
  [[nodiscard]] std::span<const Execution> executions() const { return executions_; }
  // How long it waited for a session and BEGIN, and for COMMIT.
  [[nodiscard]] std::int64_t session_us() const { return session_us_; }
  [[nodiscard]] std::int64_t commit_us() const { return commit_us_; }

 private:
  RowSet& rows_of(const Statement& statement);
  Status ready();  // connected, in a transaction, within the deadline
  Status check_usable();
  Status send(const Statement& statement, std::span<const std::string> arrays, std::size_t row_count,
              ResultTable* result);
  Status flush_one(RowSet& rows, const KeepRow& keep);
  Status fail(DbFailure failure);

  Pool& pool_;
  const Clock& clock_;
  const std::int64_t deadline_us_;
  Lease lease_;
  bool began_ = false;
  bool finished_ = false;
  std::uint64_t affected_ = 0;
  std::int64_t session_us_ = 0;
  std::int64_t commit_us_ = 0;
  std::optional<DbFailure> failure_;
  std::vector<RowSet> pending_;  // one per statement, a dozen at most
  std::vector<Execution> executions_;
  ResultTable result_;
};

}  // namespace dlrgw::host
