// SPDX-License-Identifier: Apache-2.0
#include "report_desk.hpp"

namespace dlrgw::admin_http {
namespace {

// Receipts may come up to three days after their receivedAt; a gateway may have been away at the hour of the job.
constexpr int kDaysLookedAt = 3;

// The denominators are the receipts that were settled, counted by the minute, each once: redeliveries after a crash or
// through a new consumer are left out, or they would hide a wave of replays. The numerators of the rate are the
// quarantined rows. An empty operator stands for payloads that named none. Rows that are already written are left out.
constexpr std::string_view kCount = R"sql(
SELECT c.report_date, c.operator_id, c.received, c.quarantined, c.late, c.orphaned, c.duplicates,
       c.rate::text, c.rate > 0.01
FROM (
  SELECT x.report_date, x.operator_id, sum(x.received)::bigint AS received, sum(x.quarantined)::bigint AS quarantined,
         sum(x.late)::bigint AS late, sum(x.orphaned)::bigint AS orphaned, sum(x.duplicates)::bigint AS duplicates,
         round(sum(x.quarantined) / greatest(sum(x.received), sum(x.quarantined), 1), 6) AS rate
  FROM (
    SELECT r.report_date, s.operator_id, s.n::numeric AS received, 0::numeric AS quarantined,
           CASE WHEN s.outcome = 'late' THEN s.n ELSE 0 END AS late,
           CASE WHEN s.outcome = 'orphan' THEN s.n ELSE 0 END AS orphaned,
           CASE WHEN s.outcome IN ('duplicate', 'dedup') THEN s.n ELSE 0 END AS duplicates
    FROM dlrgw_rows r JOIN dlr.ingest_stats s ON s.minute >= r.begins AND s.minute < r.ends
    WHERE s.outcome <> 'redelivered'
    UNION ALL
    SELECT r.report_date, q.operator_id, 0, 1, 0, 0, 0
    FROM dlrgw_rows r JOIN dlr.quarantined_dlrs q ON q.received_at >= r.begins AND q.received_at < r.ends) x
  WHERE x.operator_id <> ''
  GROUP BY x.report_date, x.operator_id) c
WHERE NOT EXISTS (SELECT FROM dlr.daily_operator_report d
                  WHERE d.report_date = c.report_date::date AND d.operator_id = c.operator_id)
ORDER BY c.report_date, c.operator_id)sql";

constexpr std::string_view kStored = R"sql(
SELECT r.report_date, d.operator_id, d.received, d.quarantined, d.late, d.orphaned, d.duplicates, d.replay_rate::text,
       d.flagged, d.created_at
FROM dlrgw_rows r JOIN dlr.daily_operator_report d ON d.report_date = r.report_date::date
ORDER BY d.operator_id)sql";
constexpr std::uint32_t kCreatedAt = 9;

constexpr std::string_view kInsert = R"sql(
INSERT INTO dlr.daily_operator_report (report_date, operator_id, received, quarantined, late, orphaned, duplicates,
                                       replay_rate, flagged, created_at)
SELECT report_date::date, operator_id, received, quarantined, late, orphaned, duplicates, replay_rate::numeric, flagged,
       created_at
FROM dlrgw_rows)sql";

OperatorReport row_at(const SqlResult& result, std::uint32_t row) {
  return {std::string(result.text(row, 0)), std::string(result.text(row, 1)), result.integer(row, 2),
          result.integer(row, 3),           result.integer(row, 4),           result.integer(row, 5),
          result.integer(row, 6),           std::string(result.text(row, 7)), result.boolean(row, 8)};
}

}  // namespace

ReportDesk::ReportDesk(Host host) : sql_(host), clock_(host), log_(host) {
  using enum SqlType;
  count_ = sql_.query("report_count", kCount, {{"report_date", kText}, {"begins", kTime}, {"ends", kTime}});
  stored_ = sql_.query("report_stored", kStored, {{"report_date", kText}});
  insert_ = sql_.write("report_insert", kInsert,
                       {{"report_date", kText},
                        {"operator_id", kText},
                        {"received", kInt},
                        {"quarantined", kInt},
                        {"late", kInt},
                        {"orphaned", kInt},
                        {"duplicates", kInt},
                        {"replay_rate", kText},
                        {"flagged", kBool},
                        {"created_at", kTime}},
                       2, DLRGW_SQL_ONE_EACH);
}

std::vector<OperatorReport> ReportDesk::count(const UnitOfWork& work, const ReportDay& day) const {
  work.add(count_, 0, {SqlValue::text(day.date), SqlValue::time(day.begins_us), SqlValue::time(day.ends_us)});
  const SqlResult result = work.query(count_);
  std::vector<OperatorReport> rows;
  for (std::uint32_t row = 0; row < result.rows(); ++row) rows.push_back(row_at(result, row));
  return rows;
}

void ReportDesk::run(const JobContext& context) const {
  const std::int64_t now_us = clock_.now_us();
  std::size_t failed = 0;
  for (int before = kDaysLookedAt; before >= 1 && !context.should_stop(); --before) {
    const ReportDay day = report_day(now_us, before);
    std::vector<OperatorReport> rows;
    failed += each(day.date, {}, [&] { rows = count(day); });
    if (rows.empty()) continue;
    try {
      write(rows, now_us);
    } catch (const Error&) {  // each alone, so that an operator whose row cannot be stored costs only that row
      for (const OperatorReport& row : rows) failed += each(row.date, row.operator_id, [&] { write({row}, now_us); });
    }
  }
  if (failed != 0)
    throw Error(DLRGW_E_INTERNAL, "reports that could not be written, the others were: " + std::to_string(failed) +
                                      "; see dlr.report.failed");
}

std::size_t ReportDesk::each(std::string_view date, std::string_view operator_id,
                             const std::function<void()>& work) const {
  try {
    work();
    return 0;
  } catch (const Error& e) {
    log_.error("dlr.report.failed", 0,
               {field("date", date), field("operatorId", operator_id), field("reason", e.what())});
    return 1;
  }
}

// On the pool whose statements may take a minute; whoever writes here is alone.
std::vector<OperatorReport> ReportDesk::count(const ReportDay& day) const {
  const OwnUnitOfWork work = sql_.open("maint");
  return count(work, day);
}

void ReportDesk::write(const std::vector<OperatorReport>& rows, std::int64_t now_us) const {
  OwnUnitOfWork work = sql_.open("svc");
  for (const OperatorReport& row : rows) {
    work.add(insert_, 0,
             {SqlValue::text(row.date), SqlValue::text(row.operator_id), SqlValue::integer(row.received),
              SqlValue::integer(row.quarantined), SqlValue::integer(row.late), SqlValue::integer(row.orphaned),
              SqlValue::integer(row.duplicates), SqlValue::text(row.replay_rate), SqlValue::boolean(row.flagged),
              SqlValue::time(now_us)});
  }
  work.commit();
  for (const OperatorReport& row : rows) tell(row);
}

void ReportDesk::tell(const OperatorReport& row) const {
  const Log::Fields fields = {field("date", row.date),
                              field("operatorId", row.operator_id),
                              field("received", row.received),
                              field("quarantined", row.quarantined),
                              field("late", row.late),
                              field("orphaned", row.orphaned),
                              field("duplicates", row.duplicates),
                              field("replayRate", std::stod(row.replay_rate)),
                              field("flagged", row.flagged)};
  row.flagged ? log_.warn("dlr.report.daily", 0, fields) : log_.info("dlr.report.daily", 0, fields);
}

DailyReport ReportDesk::read(const ReportDay& day) const {
  const OwnUnitOfWork work = sql_.open("admin");
  work.add(stored_, 0, {SqlValue::text(day.date)});
  DailyReport report{day.date, std::nullopt, {}};
  {
    const SqlResult stored = work.query(stored_);
    for (std::uint32_t row = 0; row < stored.rows(); ++row) report.operators.push_back(row_at(stored, row));
    if (stored.rows() != 0) report.created_at_us = stored.time_us(0, kCreatedAt);
  }
  if (!report.created_at_us) report.operators = count(work, day);
  return report;
}

}  // namespace dlrgw::admin_http
