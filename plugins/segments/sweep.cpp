// SPDX-License-Identifier: Apache-2.0
#include "sweep.hpp"

#include <algorithm>
#include <utility>

#include "message/states.hpp"

namespace dlrgw::segments {
namespace {

// The newest look of any host, and the time up to which receipts are settled, in the stream's time: that of a look when
// nothing waited, or the time at which the stream stored the newest receipt at or below a sequence up to which
// everything is settled. What is settled stays settled, so that the latest of these holds: a host whose look is behind,
// because its clock is slow, keeps nobody back. This host's own clock has no say.
constexpr std::string_view kClock = R"(
WITH looks AS (
  SELECT m.* FROM (SELECT l.*, first_value(l.stream_identity) OVER (ORDER BY l.id DESC) AS newest
                   FROM (SELECT x.id, x.looked_at, x.idle, x.ack_floor, x.stream_identity FROM dlr.intake_clock x
                         ORDER BY x.id DESC LIMIT 64) l) m
  WHERE m.stream_identity = m.newest)
SELECT max(k.id), greatest(max(k.looked_at) FILTER (WHERE k.idle),
                         (SELECT s.settled_at FROM dlr.intake_clock s
                          WHERE s.stream_identity = (SELECT i.newest FROM looks i LIMIT 1)
                            AND s.settled_seq <= (SELECT max(i.ack_floor) FROM looks i)
                          ORDER BY s.settled_seq DESC LIMIT 1))
FROM looks k HAVING count(*) > 0)";
// A host that works looks every few seconds.
constexpr std::int64_t kFreshUs = 60'000'000;

constexpr std::string_view kDue = R"(
SELECT o.message_id, o.deadline, o.account_id, o.operator_id
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT x.message_id, x.deadline, x.account_id, x.operator_id FROM dlr.aggregation_open x
      WHERE x.deadline <= r.now AND (x.deadline, x.message_id) > (r.after_deadline, r.after_message_id)
        AND NOT EXISTS (SELECT FROM dlr.invalid_dlrs h
                        WHERE h.kind = 'held' AND h.operator_id = x.operator_id AND h.received_at <= x.deadline
                          AND (h.message_id IS NULL OR h.message_id = x.message_id))
      ORDER BY x.deadline, x.message_id LIMIT 256) o)";
constexpr std::size_t kPage = 256;        // as in the statement
constexpr std::size_t kToldPerTurn = 20;  // failures with a line of their own
// A turn that has swept nothing for this long ends: the messages are not the reason.
constexpr std::int64_t kPatienceUs = 20'000'000;
constexpr std::string_view kNilUuid = "00000000-0000-0000-0000-000000000000";

// What only the message's own row knows. Operator and account are taken from the stored receipts instead, because the
// row may have others by now, or none. An address of more than 255 bytes is cut as the stage `correlate` cuts it.
constexpr std::string_view kReadFacts = R"(
SELECT m.message_id, m.to_addr, m.segment_count
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT x.message_id, x.segment_count,
             CASE WHEN octet_length(x.to_addr) <= 255 THEN x.to_addr ELSE left(x.to_addr, 63) END AS to_addr
      FROM orch.sms_messages x WHERE x.message_id = r.message_id OFFSET 0) m)";

constexpr std::string_view kAudit = R"(
INSERT INTO dlr.audit_log (at, actor, action, entity, entity_id, details)
SELECT at, 'segments.sweep', 'aggregation.partial', 'message', entity_id, details::jsonb FROM dlrgw_rows)";

// As dlr_maint: the service role may not delete.
constexpr std::string_view kClose = R"(
DELETE FROM dlr.aggregation_open WHERE message_id IN (SELECT r.message_id FROM dlrgw_rows r))";

std::string audit_details(const Aggregate& aggregate) {
  JsonWriter json;
  json.begin_object()
      .member("status", to_string(aggregate.status))
      .member("received", std::int64_t{aggregate.received})
      .member("expected", std::int64_t{aggregate.expected})
      .member("delivered", std::int64_t{aggregate.delivered})
      .end_object();
  return json.take();
}

}  // namespace

Sweep::Sweep(Host host, SegmentsShared& shared)
    : shared_(shared),
      log_(host),
      failures_(host, Metric::Type::kCounter, "dlr_aggregation_failures_total",
                "Times that a message past its deadline could not be ended"),
      blind_(host, Metric::Type::kGauge, "dlr_aggregation_blind",
             "1 while no host knows how far the intake is: no message is ended by its deadline then"),
      resume_(first_place()) {
  failures_.record(0, {}, 0);
  using enum SqlType;
  const Sql sql(host);
  clock_ = sql.query("sweep_clock", kClock, {});
  due_ = sql.query("sweep_due", kDue, {{"now", kTime}, {"after_deadline", kTime}, {"after_message_id", kUuid}});
  read_facts_ = sql.query("sweep_read_messages", kReadFacts, {{"message_id", kUuid}});
  audit_ = sql.write("sweep_audit", kAudit, {{"entity_id", kText}, {"at", kTime}, {"details", kJson}}, 1,
                     DLRGW_SQL_ONE_EACH);
  close_ = sql.write("sweep_close", kClose, {{"message_id", kUuid}}, 1);
}

Sweep::Due Sweep::first_place() { return {std::string(kNilUuid), 0, {}, {}}; }

void Sweep::run(const JobContext& context) {
  const std::optional<std::int64_t> clock_us = settled_until();
  tell_blind(!clock_us);
  if (!clock_us) return;  // it is unknown what still waits in the intake: no deadline has passed for certain
  Due after = std::exchange(resume_, first_place());
  Turn turn{shared_.clock.monotonic_us()};
  for (std::size_t found = kPage; found == kPage && !context.should_stop();) {
    const std::vector<Due> page = due(*clock_us, after);
    if (page.empty()) break;
    found = page.size();
    after = page.back();
    try {
      sweep(page, turn, context);
    } catch (const Error&) {
      resume_ = after;  // whatever failed, the next turn begins with other messages
      throw;
    }
  }
  if (turn.failed > kToldPerTurn) {
    log_.warn("dlr.aggregation.failed", 0,
              {field("messages", static_cast<std::int64_t>(turn.failed)),
               field("action", "the first of them are told above, each with its reason; all are tried again")});
  }
}

// Sweeps the page in one transaction; if that fails, each message alone, so that only those that cannot be swept stay.
void Sweep::sweep(const std::vector<Due>& page, Turn& turn, const JobContext& context) {
  try {
    end(page);
    turn.succeeded_us = shared_.clock.monotonic_us();
    return;
  } catch (const Error&) {
    if (page.size() == 1) return failed(page.front(), turn);
  }
  for (const Due& item : page) {
    if (context.should_stop()) return;
    sweep({item}, turn, context);
  }
}

// Called while the error is caught.
void Sweep::failed(const Due& item, Turn& turn) const {
  try {
    throw;
  } catch (const Error& e) {
    failures_.record(0, {});
    if (++turn.failed <= kToldPerTurn) {
      log_.warn(
          "dlr.aggregation.failed", 0,
          {field("messageId", item.message_id), field("operatorId", item.operator_id), field("reason", e.what()),
           field("action",
                 "mend what the reason names; until then this message stays open and is tried again in each turn, "
                 "the others are not held up")});
    }
    if (shared_.clock.monotonic_us() - turn.succeeded_us > kPatienceUs) throw;
  }
}

void Sweep::end(const std::vector<Due>& page) const {
  std::vector<Decided> decided;
  {
    OwnUnitOfWork work = shared_.sql.open("svc");
    decided = decide(work, page);
    work.commit();
  }
  for (const Decided& item : decided) shared_.publisher.tell_final(0, item.message, item.aggregate);
  // Every message of the page is decided now, or gone.
  close(page);
}

void Sweep::tell_blind(bool blind) {
  blind_.record(0, {}, blind ? 1 : 0);
  if (blind == std::exchange(was_blind_, blind)) return;
  if (!blind) return log_.info("dlr.aggregation.clock_known", 0, {});
  log_.warn(
      "dlr.aggregation.clock_unknown", 0,
      {field("reason", "no host has written down for a minute how far the intake is, or nothing of it is settled yet"),
       field(
           "action",
           "no message is ended by its deadline until then; look at check \"consumer\" of /ready of each gateway, and "
           "whether role dlr_svc may insert into dlr.intake_clock")});
}

std::optional<std::int64_t> Sweep::settled_until() {
  const OwnUnitOfWork work = shared_.sql.open("svc");
  const SqlResult result = work.query(clock_);
  if (result.rows() == 0) return std::nullopt;
  const std::int64_t now_us = shared_.clock.monotonic_us();
  const std::int64_t look = result.integer(0, 0);
  if (std::exchange(look_, look) != look) look_seen_us_ = now_us;
  if (now_us - look_seen_us_ > kFreshUs) return std::nullopt;
  return result.time_us(0, 1);
}

std::vector<Sweep::Due> Sweep::due(std::int64_t clock_us, const Due& after) const {
  const OwnUnitOfWork work = shared_.sql.open("svc");
  work.add(due_, 0, {SqlValue::time(clock_us), SqlValue::time(after.deadline_us), SqlValue::uuid(after.message_id)});
  const SqlResult result = work.query(due_);
  std::vector<Due> page;
  for (std::uint32_t row = 0; row < result.rows(); ++row)
    page.push_back({std::string(result.text(row, 0)), result.time_us(row, 1).value_or(0),
                    std::string(result.text(row, 2)), std::string(result.text(row, 3))});
  return page;
}

std::vector<Sweep::Decided> Sweep::decide(const UnitOfWork& work, const std::vector<Due>& page) const {
  std::map<std::string, message::Asked> asked;
  for (const Due& item : page) asked[item.message_id].several = true;
  shared_.history.lock(work, asked);
  const auto histories = shared_.history.read(work, asked);
  FiledUnder filed_under;
  for (const auto& [message_id, history] : histories) filed_under.emplace(message_id, history.filed_under_us);
  const OpenMessages open = shared_.store.read(work, filed_under);
  std::vector<Decided> decided;
  for (MessageFacts& facts : read_facts(work, page)) {
    const auto history = histories.find(facts.message_id);
    if (history == histories.end()) continue;
    facts.filed_under_us = history->second.filed_under_us;
    if (auto aggregate = decide(facts, history->second, open.at(facts.message_id))) {
      shared_.publisher.final(work, 0, facts, *aggregate, true, told_intermediates(history->second) + 1);
      if (aggregate->reason == Reason::kGraceExpired) {
        work.add(audit_, 0,
                 {SqlValue::text(facts.message_id), SqlValue::time(shared_.clock.now_us()),
                  SqlValue::json(audit_details(*aggregate))});
      }
      decided.push_back({facts, *std::move(aggregate)});
    }
  }
  return decided;
}

std::optional<Aggregate> Sweep::decide(const MessageFacts& facts, const message::History& history,
                                       const OpenMessage& open) const {
  if (history.aggregated || message::is_terminal_message_status(history.message_status)) return std::nullopt;
  if (open.set.segments().empty()) return std::nullopt;  // of one segment: nothing is waited for until a deadline
  auto aggregate =
      message::finalise(open.set, {std::max(history.total_segments, facts.segment_count), history.unrequested,
                                   shared_.one_for_all(facts.operator_id, open.connector_id), true});
  if (!aggregate) throw Error(DLRGW_E_INTERNAL, "a message was not decided although its deadline has passed");
  return aggregate;
}

std::vector<MessageFacts> Sweep::read_facts(const UnitOfWork& work, const std::vector<Due>& page) const {
  std::map<std::string_view, const Due*> stored;
  for (const Due& item : page) {
    stored.emplace(item.message_id, &item);
    work.add(read_facts_, 0, {SqlValue::uuid(item.message_id)});
  }
  const SqlResult result = work.query(read_facts_);
  std::vector<MessageFacts> out(result.rows());
  for (std::uint32_t row = 0; row < result.rows(); ++row) {
    const Due& item = *stored.at(result.text(row, 0));
    out[row].message_id = item.message_id;
    out[row].account_id = item.account_id;
    out[row].operator_id = item.operator_id;
    out[row].to = result.text(row, 1);
    out[row].segment_count =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(result.integer(row, 2), 1, message::kMaxSegments));
  }
  return out;
}

void Sweep::close(const std::vector<Due>& page) const {
  OwnUnitOfWork work = shared_.sql.open("maint");
  for (const Due& item : page) work.add(close_, 0, {SqlValue::uuid(item.message_id)});
  work.commit();
}

}  // namespace dlrgw::segments
