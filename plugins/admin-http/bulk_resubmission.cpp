// SPDX-License-Identifier: Apache-2.0
#include "bulk_resubmission.hpp"

#include <algorithm>

#include "message/ids.hpp"

namespace dlrgw::admin_http {
namespace {

constexpr std::string_view kPool = "svc";
constexpr std::size_t kPage = 500;  // as in the statement

// The count stops at 100,000.
constexpr std::string_view kAsk = R"sql(
INSERT INTO dlr.resubmission_requests (id, requested_at, actor, reason, stage, from_at, to_at, matching)
SELECT r.id, r.at, r.actor, r.reason, r.stage, r.from_at, r.to_at,
       (SELECT count(*) FROM (
          SELECT FROM dlr.invalid_dlrs i
          WHERE i.kind <> 'held' AND (r.reason IS NULL OR i.reason = r.reason) AND (r.stage IS NULL OR i.stage = r.stage)
            AND (r.from_at IS NULL OR i.received_at >= r.from_at) AND i.received_at < r.to_at
            AND NOT EXISTS (SELECT FROM dlr.rejected_resubmissions d
                            WHERE d.stream_identity = i.stream_identity AND d.stream_seq = i.stream_seq)
          LIMIT 100000) m)
FROM dlrgw_rows r)sql";

constexpr std::string_view kNext = R"sql(
SELECT q.id, q.actor, q.reason, q.stage, q.from_at, q.to_at, coalesce(s.step, 0), coalesce(s.stream_identity, ''),
       coalesce(s.stream_seq, 0), q.requested_at
FROM dlrgw_rows r CROSS JOIN dlr.resubmission_requests q
LEFT JOIN LATERAL (SELECT x.* FROM dlr.resubmission_steps x WHERE x.request_id = q.id ORDER BY x.step DESC LIMIT 1) s
  ON true
WHERE NOT coalesce(s.finished, false) AND (q.requested_at, q.id) > (r.beyond_at, r.beyond_id)
ORDER BY q.requested_at, q.id LIMIT 1)sql";

// Every row is looked at, matching or not, so that a page costs the same whatever was asked for. Held receipts have a
// job of their own.
constexpr std::string_view kLook = R"sql(
SELECT i.stream_identity, i.stream_seq,
       i.kind <> 'held' AND (r.reason IS NULL OR i.reason = r.reason)
       AND (r.stage IS NULL OR coalesce(i.stage, '') = r.stage)
       AND (r.from_at IS NULL OR i.received_at >= r.from_at) AND i.received_at < r.to_at
       AND NOT EXISTS (SELECT FROM dlr.rejected_resubmissions d
                       WHERE d.stream_identity = i.stream_identity AND d.stream_seq = i.stream_seq)
FROM dlrgw_rows r CROSS JOIN LATERAL (
  SELECT x.stream_identity, x.stream_seq, x.kind, x.reason, x.stage, x.received_at
  FROM dlr.invalid_dlrs x
  WHERE (x.stream_identity, x.stream_seq) > (r.beyond_identity, r.beyond_seq)
  ORDER BY x.stream_identity, x.stream_seq LIMIT 500) i
ORDER BY i.stream_identity, i.stream_seq)sql";

constexpr std::string_view kEndStep = R"sql(
INSERT INTO dlr.resubmission_steps (request_id, step, stream_identity, stream_seq, not_kept, left_out, finished,
                                    ended_at)
SELECT request_id, step, stream_identity, stream_seq, not_kept::jsonb, left_out::jsonb, finished, ended_at
FROM dlrgw_rows)sql";

// Of the request `q` that is named there. What was kept is counted by its rows, the rest by the steps. The first 100
// that were left are named.
std::string progress_text(std::string_view from_q) {
  std::string text(R"sql(
SELECT q.id, q.actor, q.reason, q.stage, q.from_at, q.to_at, q.requested_at, q.matching, s.steps, s.finished, s.last_at,
       (SELECT coalesce(jsonb_object_agg(k.outcome, k.n), '{}')
        FROM (SELECT d.outcome, count(*) AS n FROM dlr.rejected_resubmissions d WHERE d.request_id = q.id
              GROUP BY d.outcome) k)::text,
       (SELECT coalesce(jsonb_object_agg(k.outcome, k.n), '{}')
        FROM (SELECT e.key AS outcome, sum(e.value::bigint) AS n
              FROM dlr.resubmission_steps x CROSS JOIN LATERAL jsonb_each_text(x.not_kept) e
              WHERE x.request_id = q.id GROUP BY e.key) k)::text,
       (SELECT coalesce(jsonb_agg(l.item), '[]')
        FROM (SELECT e.item FROM dlr.resubmission_steps x CROSS JOIN LATERAL jsonb_array_elements(x.left_out) e (item)
              WHERE x.request_id = q.id ORDER BY x.step LIMIT 100) l)::text
FROM )sql");
  return text.append(from_q).append(R"sql(
CROSS JOIN LATERAL (
  SELECT count(*) AS steps, coalesce(bool_or(x.finished), false) AS finished, max(x.ended_at) AS last_at
  FROM dlr.resubmission_steps x WHERE x.request_id = q.id) s)sql");
}

constexpr std::string_view kById = "dlrgw_rows r JOIN dlr.resubmission_requests q ON q.id = r.id";
constexpr std::string_view kNewest =
    "(SELECT * FROM dlr.resubmission_requests ORDER BY requested_at DESC, id LIMIT 1) q";

// So many in a row that cannot be put through now are probably not alone: the run ends.
constexpr std::size_t kStuckInARow = 5;
constexpr std::size_t kMostNamed = 100;  // of one step; also in the statement of the progress

}  // namespace

BulkResubmission::BulkResubmission(Host host, const Resubmission& resubmission)
    : resubmission_(resubmission), instance_(host.instance()), clock_(host), digest_(host), log_(host), sql_(host) {
  using enum SqlType;
  ask_ = sql_.write("bulk_ask", kAsk,
                    {{"id", kUuid},
                     {"at", kTime},
                     {"actor", kText},
                     {"reason", kText},
                     {"stage", kText},
                     {"from_at", kTime},
                     {"to_at", kTime}},
                    1, DLRGW_SQL_ONE_EACH);
  next_ = sql_.query("bulk_next", kNext, {{"beyond_at", kTime}, {"beyond_id", kUuid}});
  look_ = sql_.query("bulk_look", kLook,
                     {{"reason", kText},
                      {"stage", kText},
                      {"from_at", kTime},
                      {"to_at", kTime},
                      {"beyond_identity", kText},
                      {"beyond_seq", kInt}});
  end_step_ = sql_.write("bulk_end_step", kEndStep,
                         {{"request_id", kUuid},
                          {"step", kInt},
                          {"stream_identity", kText},
                          {"stream_seq", kInt},
                          {"not_kept", kJson},
                          {"left_out", kJson},
                          {"finished", kBool},
                          {"ended_at", kTime}},
                         2, DLRGW_SQL_ONE_EACH);
  by_id_ = sql_.query("bulk_by_id", progress_text(kById), {{"id", kUuid}});
  newest_ = sql_.query("bulk_newest", progress_text(kNewest), {});
}

std::string BulkResubmission::ask(std::string_view actor, const BulkSelection& selection) const {
  const std::int64_t now_us = clock_.now_us();
  std::string id = digest_.uuid_v5(
      message::kUuidSpace, "resubmission/" + instance_ + "/" + std::to_string(now_us) + "/" + std::string(actor));
  OwnUnitOfWork work = sql_.open(kPool);
  work.add(
      ask_, 0,
      {SqlValue::uuid(id), SqlValue::time(now_us), SqlValue::text(actor), SqlValue::text_or_null(selection.reason),
       SqlValue::text_or_null(selection.stage), SqlValue::time(selection.from_us), SqlValue::time(selection.to_us)});
  work.commit();
  return id;
}

std::optional<BulkProgress> BulkResubmission::progress(std::string_view id) const { return read(by_id_, id); }
std::optional<BulkProgress> BulkResubmission::newest() const { return read(newest_, {}); }

std::optional<BulkProgress> BulkResubmission::read(SqlStatement statement, std::string_view id) const {
  const OwnUnitOfWork work = sql_.open("admin");
  if (!id.empty()) work.add(statement, 0, {SqlValue::uuid(id)});
  const SqlResult row = work.query(statement);
  if (row.rows() == 0) return std::nullopt;
  BulkProgress out;
  out.id = row.text(0, 0);
  out.actor = row.text(0, 1);
  out.selection = {std::string(row.text(0, 2)), std::string(row.text(0, 3)), row.time_us(0, 4),
                   row.time_us(0, 5).value_or(0)};
  out.requested_at_us = row.time_us(0, 6).value_or(0);
  out.matching = row.integer(0, 7);
  out.steps = row.integer(0, 8);
  out.finished = row.boolean(0, 9);
  out.last_step_us = row.time_us(0, 10);
  out.kept = parse_tally(row.text(0, 11));
  out.not_kept = parse_tally(row.text(0, 12));
  out.left = row.text(0, 13);
  return out;
}

void BulkResubmission::run(const JobContext& context) {
  std::optional<Error> ended;
  Open open;
  while (next_open(open)) {
    try {
      if (!walk(open, context)) break;
    } catch (const Error& e) {
      ended = e;  // the requests behind it may ask for others
    }
  }
  if (ended) throw *ended;
}

bool BulkResubmission::next_open(Open& open) const {
  const OwnUnitOfWork work = sql_.open(kPool);
  work.add(next_, 0, {SqlValue::time(open.requested_at_us), SqlValue::uuid(open.id)});
  const SqlResult row = work.query(next_);
  if (row.rows() == 0) return false;
  open.id = row.text(0, 0);
  open.actor = row.text(0, 1);
  open.selection = {std::string(row.text(0, 2)), std::string(row.text(0, 3)), row.time_us(0, 4),
                    row.time_us(0, 5).value_or(0)};
  open.steps = row.integer(0, 6);
  open.beyond = {std::string(row.text(0, 7)), row.integer(0, 8)};
  open.requested_at_us = row.time_us(0, 9).value_or(0);
  return true;
}

bool BulkResubmission::walk(Open& open, const JobContext& context) {
  Walk walk{.context = context, .looked_at = open.beyond, .settled = open.beyond};
  if (const auto gave_up = gave_up_.extract(open.id); !gave_up.empty() && gave_up.mapped().steps == open.steps) {
    walk.stuck = std::move(gave_up.mapped().stuck);
    walk.looked_at = walk.stuck.back().place;
    walk.carried = walk.stuck.size();
  }
  for (std::size_t found = kPage; found == kPage && !context.should_stop();) {
    const std::vector<Looked> page = look(open, walk.looked_at);
    found = page.size();
    try {
      for (const Looked& item : page) {
        if (context.should_stop()) break;
        if (item.due) put_through(open, item.place, walk);
        walk.looked_at = item.place;
        if (walk.stuck.empty()) walk.settled = item.place;
      }
      if (walk.carried == 0) settle(open, walk);
    } catch (const Error&) {
      // Records what was done so far if that is still possible; the job's error says why the run ended.
      if (!walk.not_kept.empty()) end_step(open, walk, false);
      throw;
    }
    const bool finished = found < kPage && walk.stuck.empty() && !context.should_stop();
    end_step(open, walk, finished);
    if (!finished) continue;
    log_.info("dlr.rejected.resubmitted", 0, {field("request", open.id), field("actor", open.actor)});
    return true;
  }
  if (!context.should_stop()) throw Error(DLRGW_E_UNAVAILABLE, walk.why);
  return false;
}

std::vector<BulkResubmission::Looked> BulkResubmission::look(const Open& open, const StoredPlace& beyond) const {
  const OwnUnitOfWork work = sql_.open(kPool);
  work.add(look_, 0,
           {SqlValue::text_or_null(open.selection.reason), SqlValue::text_or_null(open.selection.stage),
            SqlValue::time(open.selection.from_us), SqlValue::time(open.selection.to_us),
            SqlValue::text(beyond.stream_identity), SqlValue::integer(beyond.stream_seq)});
  const SqlResult result = work.query(look_);
  std::vector<Looked> page(result.rows());
  for (std::uint32_t i = 0; i < result.rows(); ++i)
    page[i] = {{std::string(result.text(i, 0)), result.integer(i, 1)}, result.boolean(i, 2)};
  return page;
}

// What cannot be put through now is passed over until another one gets through, which shows that it stands alone.
void BulkResubmission::put_through(const Open& open, const StoredPlace& place, Walk& walk) {
  Tried tried = attempt(open, place);
  if (tried.how == Tried::How::kThrough) {
    if (!settle(open, walk)) return;
  } else if (tried.how == Tried::How::kNotNow || (!walk.stuck.empty() && !tried.not_kept.empty())) {
    walk.stuck.push_back({place, tried.why});
    if (tried.how != Tried::How::kNotNow) return;
    walk.why = tried.why;
    if (++walk.in_a_row < std::max(kStuckInARow, walk.carried)) return;
    gave_up_[open.id] = {open.steps, walk.stuck};
    throw Error(DLRGW_E_UNAVAILABLE, walk.why);
  }
  if (!tried.not_kept.empty()) ++walk.not_kept[tried.not_kept];
}

// Tries each of them once more, since the trouble may be over. Whoever is still stuck is left out.
bool BulkResubmission::settle(const Open& open, Walk& walk) {
  if (walk.stuck.empty()) return true;
  Tally not_kept = walk.not_kept;
  std::vector<Stuck> left = walk.left;
  for (const Stuck& stuck : walk.stuck) {
    if (walk.context.should_stop()) return false;
    Tried tried = attempt(open, stuck.place);
    if (!tried.not_kept.empty()) ++not_kept[tried.not_kept];
    if (tried.how != Tried::How::kNotNow) continue;
    log_.warn("dlr.rejected.resubmit_left", 0,
              {field("request", open.id), field("streamIdentity", stuck.place.stream_identity),
               field("streamSequence", stuck.place.stream_seq), field("reason", tried.why)});
    if (left.size() < kMostNamed) left.push_back({stuck.place, std::move(tried.why)});
  }
  walk.settled = walk.stuck.back().place;
  walk.not_kept = std::move(not_kept);
  walk.left = std::move(left);
  walk.stuck.clear();
  walk.in_a_row = walk.carried = 0;
  return true;
}

// Throws only when the receipt cannot even be read.
BulkResubmission::Tried BulkResubmission::attempt(const Open& open, const StoredPlace& place) const {
  using enum Tried::How;
  const std::optional<StoredReceipt> stored = resubmission_.find(place);
  if (!stored || !stored->first_outcome.empty()) return {};  // its retention, or an administrator, was faster
  try {
    const SubmissionResult result = resubmission_.submit(place, *stored, open.actor, open.id);
    const bool as_it_was = result.outcome == DLRGW_OUTCOME_REJECTED || result.outcome == "retry";
    return {kThrough, as_it_was ? result.outcome : std::string(), {}};
  } catch (const Error& e) {
    if (e.code() == DLRGW_E_DENIED) return {};  // an administrator was faster
    if (e.code() == DLRGW_E_DATA) return {kNoProof, "invalid", {}};
    if (e.code() == DLRGW_E_UNAVAILABLE || e.code() == DLRGW_E_TRANSIENT) return {kNotNow, "left", e.what()};
    log_.error("dlr.rejected.resubmit_failed", 0,
               {field("request", open.id), field("streamIdentity", place.stream_identity),
                field("streamSequence", place.stream_seq), field("reason", e.what())});
    return {kNoProof, "failed", {}};
  }
}

void BulkResubmission::end_step(Open& open, Walk& walk, bool finished) const {
  if (!finished && walk.settled == open.beyond && walk.not_kept.empty()) return;
  JsonWriter left;
  left.begin_array();
  for (const Stuck& stuck : walk.left) {
    left.begin_object().member("streamIdentity", stuck.place.stream_identity);
    left.member("streamSequence", stuck.place.stream_seq).member("reason", stuck.why).end_object();
  }
  left.end_array();
  OwnUnitOfWork work = sql_.open(kPool);
  work.add(end_step_, 0,
           {SqlValue::uuid(open.id), SqlValue::integer(open.steps + 1), SqlValue::text(walk.settled.stream_identity),
            SqlValue::integer(walk.settled.stream_seq), SqlValue::json(tally_json(walk.not_kept)),
            SqlValue::json(left.text()), SqlValue::boolean(finished), SqlValue::time(clock_.now_us())});
  work.commit();
  ++open.steps;
  open.beyond = walk.settled;
  walk.not_kept.clear();
  walk.left.clear();
}

}  // namespace dlrgw::admin_http
