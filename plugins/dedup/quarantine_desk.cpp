// SPDX-License-Identifier: Apache-2.0
#include "quarantine_desk.hpp"

#include <array>

#include "reasons.hpp"

namespace dlrgw::dedup {
namespace {

constexpr std::string_view kReadPool = "admin";
constexpr std::string_view kOrigin = "quarantine.release";

// The row comparison makes a page one range of the index.
constexpr std::string_view kPage = R"sql(
SELECT q.id, q.received_at, q.operator_id, q.operator_message_id, q.message_id, q.dlr_status, q.dlr_timestamp, q.terminal_at,
       q.action, q.result, q.actor, q.acted_at
FROM dlrgw_rows r CROSS JOIN LATERAL (
  SELECT x.*, a.action, a.result, a.actor, a.acted_at
  FROM dlr.quarantined_dlrs x LEFT JOIN dlr.quarantine_actions a ON a.quarantine_id = x.id
  WHERE x.received_at >= r.from_at AND (x.received_at, x.id) < (r.before_at, r.before_id)
    AND (r.operator_id IS NULL OR x.operator_id = r.operator_id)
    AND (r.decided IS NULL OR (a.quarantine_id IS NOT NULL) = r.decided)
  ORDER BY x.received_at DESC, x.id DESC LIMIT r.max_rows) q
ORDER BY q.received_at DESC, q.id DESC)sql";

// A decision may outlive the row that it is about.
constexpr std::string_view kFind = R"sql(
SELECT q.operator_id, q.event_id, q.received_at, q.payload_raw, a.action, a.result, a.actor, a.acted_at
FROM dlrgw_rows r
LEFT JOIN dlr.quarantined_dlrs q ON q.id = r.id
LEFT JOIN dlr.quarantine_actions a ON a.quarantine_id = r.id
WHERE q.id IS NOT NULL OR a.quarantine_id IS NOT NULL)sql";

// A plain insert: the second decision violates the key, and everything that its submission did is rolled back.
constexpr std::string_view kRelease = R"sql(
WITH decided AS (
  INSERT INTO dlr.quarantine_actions (quarantine_id, action, actor, reason, result, acted_at)
  SELECT id, 'release', actor, reason, outcome, at FROM dlrgw_rows WHERE outcome <> 'rejected')
INSERT INTO dlr.audit_log (at, actor, action, entity, entity_id, details)
SELECT at, actor, 'quarantine.release', 'quarantine', id::text,
       jsonb_build_object('result', CASE WHEN outcome = 'rejected' THEN 'refused' ELSE 'ok' END, 'outcome', outcome,
                          'reason', reason, 'instance', instance)
FROM dlrgw_rows)sql";
constexpr std::uint32_t kOutcomeColumn = 1;

constexpr std::string_view kDiscard = R"sql(
WITH decided AS (
  INSERT INTO dlr.quarantine_actions (quarantine_id, action, actor, reason, result, acted_at)
  SELECT id, 'discard', actor, reason, 'discarded', at FROM dlrgw_rows
  ON CONFLICT DO NOTHING RETURNING quarantine_id)
INSERT INTO dlr.audit_log (at, actor, action, entity, entity_id, details)
SELECT r.at, r.actor, 'quarantine.discard', 'quarantine', d.quarantine_id::text,
       jsonb_build_object('result', 'ok', 'outcome', 'discarded', 'reason', r.reason, 'instance', r.instance)
FROM decided d JOIN dlrgw_rows r ON r.id = d.quarantine_id)sql";

std::optional<QuarantineDecision> decision_at(const SqlResult& result, std::uint32_t row, std::uint32_t first) {
  if (result.is_null(row, first)) return std::nullopt;
  return QuarantineDecision{std::string(result.text(row, first)), std::string(result.text(row, first + 1)),
                            std::string(result.text(row, first + 2)), result.time_us(row, first + 3).value_or(0)};
}

SqlValue decided_filter(QuarantineState state) {
  return state == QuarantineState::kAll ? SqlValue::null() : SqlValue::boolean(state == QuarantineState::kDecided);
}

}  // namespace

QuarantineDesk::QuarantineDesk(Host host)
    : instance_(host.instance()), sql_(host), clock_(host), log_(host), pipeline_(host) {
  using enum SqlType;
  page_ = sql_.query("quarantine_page", kPage,
                     {{"from_at", kTime},
                      {"before_at", kTime},
                      {"before_id", kUuid},
                      {"operator_id", kText},
                      {"decided", kBool},
                      {"max_rows", kInt}});
  find_ = sql_.query("quarantine_find", kFind, {{"id", kUuid}});
  release_ = sql_.write(
      "quarantine_release", kRelease,
      {{"id", kUuid}, {"outcome", kText}, {"actor", kText}, {"reason", kText}, {"at", kTime}, {"instance", kText}}, 1);
  discard_ = sql_.write("quarantine_discard", kDiscard,
                        {{"id", kUuid}, {"actor", kText}, {"reason", kText}, {"at", kTime}, {"instance", kText}}, 1);
}

std::vector<QuarantineItem> QuarantineDesk::page(const QuarantineQuery& query) const {
  const OwnUnitOfWork work = sql_.open(kReadPool);
  work.add(page_, 0,
           {SqlValue::time(query.from_us), SqlValue::time(query.before.received_at_us), SqlValue::uuid(query.before.id),
            SqlValue::text_or_null(query.operator_id), decided_filter(query.state), SqlValue::integer(query.limit)});
  const SqlResult result = work.query(page_);
  std::vector<QuarantineItem> items(result.rows());
  for (std::uint32_t row = 0; row < result.rows(); ++row) {
    items[row] = {{result.time_us(row, 1).value_or(0), std::string(result.text(row, 0))},
                  std::string(result.text(row, 2)),
                  std::string(result.text(row, 3)),
                  std::string(result.text(row, 4)),
                  std::string(result.text(row, 5)),
                  result.time_us(row, 6),
                  result.time_us(row, 7),
                  decision_at(result, row, 8)};
  }
  return items;
}

std::optional<QuarantineDesk::Row> QuarantineDesk::find(std::string_view id) const {
  const OwnUnitOfWork work = sql_.open(kReadPool);
  work.add(find_, 0, {SqlValue::uuid(id)});
  const SqlResult result = work.query(find_);
  if (result.rows() == 0) return std::nullopt;
  return Row{std::string(result.text(0, 0)), std::string(result.text(0, 1)), result.time_us(0, 2).value_or(0),
             std::string(result.bytes(0, 3)), decision_at(result, 0, 4)};
}

SubmissionResult QuarantineDesk::release(const Row& row, const Decider& decider) const {
  const std::array<SqlValue, 6> values{SqlValue::uuid(decider.id),
                                       SqlValue::null(),  // the outcome
                                       SqlValue::text(decider.actor),
                                       SqlValue::text_or_null(decider.reason),
                                       SqlValue::time(clock_.now_us()),
                                       SqlValue::text(instance_)};
  SubmissionResult result = pipeline_.submit({.payload = row.payload,
                                              .event_id = row.event_id,
                                              .received_at_us = row.received_at_us,
                                              .origin = kOrigin,
                                              .skip = {kSkipQuarantine}},
                                             {release_, values, kOutcomeColumn});
  if (result.outcome != "retry") {
    log_.info("dlr.quarantine.released", 0,
              {field("quarantineId", decider.id), field("operatorId", row.operator_id), field("actor", decider.actor),
               field("outcome", result.outcome)});
  }
  return result;
}

bool QuarantineDesk::discard(const Decider& decider) const {
  OwnUnitOfWork work = sql_.open(kReadPool);
  work.add(discard_, 0,
           {SqlValue::uuid(decider.id), SqlValue::text(decider.actor), SqlValue::text_or_null(decider.reason),
            SqlValue::time(clock_.now_us()), SqlValue::text(instance_)});
  if (work.commit() == 0) return false;
  log_.info("dlr.quarantine.discarded", 0, {field("quarantineId", decider.id), field("actor", decider.actor)});
  return true;
}

}  // namespace dlrgw::dedup
