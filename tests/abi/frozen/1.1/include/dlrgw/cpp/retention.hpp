// SPDX-License-Identifier: Apache-2.0
// Retention of a plugin's own tables: a job that deletes rows older than the plugin's option `retention_days`, or drops
// whole months of a table that lies by month. A plugin declares Retention::option(), grants SELECT and DELETE on the
// tables to dlr_maint, or EXECUTE on the function that drops a month, and registers the job:
//
//   Acme(dlrgw::Host host, dlrgw::Registrar& registrar) : retention_(host, {{"acme.seen", "seen_at"}}) {
//     retention_.add_to(registrar, "acme.retention", "daily 03:10");
//   }
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/plugin.hpp>

namespace dlrgw {

class Retention {
 public:
  struct Table {
    std::string_view name;         // with its schema
    std::string_view time_column;  // timestamptz or date
    std::string_view only = {};    // a condition in SQL that rows must meet to be deleted; empty: none
    // A function of the table's owner (before timestamptz): drops the oldest month that was over by then, answers its
    // name, and NULL when there is none. Nothing is deleted from a table that has one. Empty: none
    std::string_view drop_month = {};
  };

  static constexpr dlrgw_option option() {
    return dlrgw::option("retention_days", DLRGW_OPTION_INT, "400",
                         "days that rows of the plugin's own tables are kept; 0 = for ever");
  }

  Retention(Host host, std::initializer_list<Table> tables)
      : days_(read_days(Config(host))),
        sql_(host),
        clock_(host),
        log_(host),
        deleted_(host, Metric::Type::kCounter, "dlr_retention_deleted_total", "Rows deleted because of their age",
                 {"table"}),
        dropped_(host, Metric::Type::kCounter, "dlr_retention_dropped_months_total",
                 "Months dropped because of their age", {"table"}) {
    for (const Table& table : tables) {
      const std::string name(table.name);
      if (!table.drop_month.empty()) {
        const std::string call = "SELECT " + std::string(table.drop_month) + "(r.before) FROM dlrgw_rows r";
        months_.push_back({name, sql_.query("retention_drop." + name, call, {{"before", SqlType::kTime}})});
        continue;
      }
      Walk walk{name, {}, {}};
      walk.blocks = sql_.query("retention_blocks." + name,
                               "SELECT pg_relation_size('" + name + "') / current_setting('block_size')::bigint", {});
      // Scalar subqueries, so that the bounds are known before the scan starts: it reads the blocks between them and no
      // other, whatever indexes there are and however they have aged.
      walk.remove =
          sql_.write("retention_delete." + name,
                     "DELETE FROM " + name +
                         " WHERE ctid >= (SELECT format('(%s,0)', r.first_block)::tid FROM dlrgw_rows r)"
                         " AND ctid < (SELECT format('(%s,0)', r.end_block)::tid FROM dlrgw_rows r)"
                         " AND " +
                         std::string(table.time_column) + " < (SELECT r.cutoff FROM dlrgw_rows r)" +
                         (table.only.empty() ? std::string() : " AND (" + std::string(table.only) + ")"),
                     {{"first_block", SqlType::kInt}, {"end_block", SqlType::kInt}, {"cutoff", SqlType::kTime}}, 1);
      walks_.push_back(walk);
    }
  }

  void add_to(Registrar& registrar, std::string_view job, std::string_view schedule) {
    registrar.job({job, schedule, true}, [this](const JobContext& context) { run(context); });
  }

 private:
  // One transaction each: 8 MiB of table, some ten thousand rows.
  static constexpr std::int64_t kBlocks = 1024;
  static constexpr std::string_view kPool = "maint";

  struct Walk {
    std::string table;
    SqlStatement blocks, remove;
  };

  struct Months {
    std::string table;
    SqlStatement drop;
  };

  static std::int64_t read_days(const Config& config) {
    constexpr std::int64_t kMost = 36'500;
    const std::int64_t days = config.integer("retention_days").value_or(0);
    if (days < 0 || days > kMost) {
      throw Error(DLRGW_E_INVALID, "option \"retention_days\" must be 1 to 36500, or 0 to keep everything");
    }
    return days;
  }

  void run(const JobContext& context) const {
    if (days_ == 0) return;
    constexpr std::int64_t kDayUs = 86'400LL * 1'000'000;
    const std::int64_t cutoff_us = clock_.now_us() - days_ * kDayUs;
    std::string failed;
    bool away = true;  // each failure says that what it needs is away
    const auto note = [&](const std::string& table, std::string_view why, bool unavailable) {
      away = away && unavailable;
      log_.error("dlr.retention.failed", 0, {field("table", table), field("reason", why)});
      failed += (failed.empty() ? "" : ", ") + table;
    };
    for (const Months& months : months_) {
      try {
        drop_months(months, cutoff_us, context);
      } catch (const Error& e) {
        note(months.table, e.what(), e.code() == DLRGW_E_UNAVAILABLE);
      }
    }
    for (const Walk& walk : walks_) {
      Swept swept;
      sweep(walk, cutoff_us, context, swept);
      if (swept.rows != 0) {
        deleted_.record(0, {walk.table}, static_cast<double>(swept.rows));
        log_.info("dlr.retention.done", 0,
                  {field("table", walk.table), field("rows", swept.rows), time_field("olderThan", cutoff_us)});
      }
      if (!swept.failure.empty()) note(walk.table, swept.failure, swept.away);
    }
    if (!failed.empty())
      throw Error(away ? DLRGW_E_UNAVAILABLE : DLRGW_E_INTERNAL,
                  "not everything that is too old could be deleted from " + failed + "; see dlr.retention.failed");
  }

  // Each in a transaction of its own, so that nobody waits for more than one.
  void drop_months(const Months& months, std::int64_t cutoff_us, const JobContext& context) const {
    while (!context.should_stop()) {
      OwnUnitOfWork work = sql_.open(kPool);
      work.add(months.drop, 0, {SqlValue::time(cutoff_us)});
      const SqlResult result = work.query(months.drop);
      if (result.rows() == 0 || result.is_null(0, 0)) return;
      const std::string partition(result.text(0, 0));
      work.commit();
      dropped_.record(0, {months.table});
      log_.info("dlr.retention.dropped", 0,
                {field("table", months.table), field("partition", partition), time_field("olderThan", cutoff_us)});
    }
  }

  struct Swept {
    std::int64_t rows = 0;
    std::string failure;  // of the last part of the table that failed; the others are done all the same
    bool away = true;     // each failure says that what it needs is away
    void failed(const Error& e) {
      failure = e.what();
      away = away && e.code() == DLRGW_E_UNAVAILABLE;
    }
  };

  void sweep(const Walk& walk, std::int64_t cutoff_us, const JobContext& context, Swept& swept) const {
    std::int64_t blocks = 0;
    try {
      const OwnUnitOfWork work = sql_.open(kPool);
      blocks = work.query(walk.blocks).integer(0, 0);
    } catch (const Error& e) {
      swept.failed(e);
    }
    for (std::int64_t first = 0; first < blocks && !context.should_stop(); first += kBlocks) {
      try {
        OwnUnitOfWork work = sql_.open(kPool);
        work.add(walk.remove, 0,
                 {SqlValue::integer(first), SqlValue::integer(first + kBlocks), SqlValue::time(cutoff_us)});
        swept.rows += static_cast<std::int64_t>(work.commit());
      } catch (const Error& e) {
        swept.failed(e);
      }
    }
  }

  std::int64_t days_;
  Sql sql_;
  Clock clock_;
  Log log_;
  Metric deleted_, dropped_;
  std::vector<Walk> walks_;
  std::vector<Months> months_;
};

}  // namespace dlrgw
