// SPDX-License-Identifier: Apache-2.0
#include "bulk_resubmission.hpp"

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
       coalesce(s.stream_seq, 0)
FROM dlr.resubmission_requests q
LEFT JOIN LATERAL (SELECT x.* FROM dlr.resubmission_steps x WHERE x.request_id = q.id ORDER BY x.step DESC LIMIT 1) s
  ON true
WHERE NOT coalesce(s.finished, false)
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
INSERT INTO dlr.resubmission_steps (request_id, step, stream_identity, stream_seq, not_kept, finished, ended_at)
SELECT request_id, step, stream_identity, stream_seq, not_kept::jsonb, finished, ended_at FROM dlrgw_rows)sql";

// Of the request `q` that is named there. What was kept is counted by its rows, the rest by the steps.
std::string progress_text(std::string_view from_q) {
  std::string text(R"sql(
SELECT q.id, q.actor, q.reason, q.stage, q.from_at, q.to_at, q.requested_at, q.matching, s.steps, s.finished, s.last_at,
       (SELECT coalesce(jsonb_object_agg(k.outcome, k.n), '{}')
        FROM (SELECT d.outcome, count(*) AS n FROM dlr.rejected_resubmissions d WHERE d.request_id = q.id
              GROUP BY d.outcome) k)::text,
       (SELECT coalesce(jsonb_object_agg(k.outcome, k.n), '{}')
        FROM (SELECT e.key AS outcome, sum(e.value::bigint) AS n
              FROM dlr.resubmission_steps x CROSS JOIN LATERAL jsonb_each_text(x.not_kept) e
              WHERE x.request_id = q.id GROUP BY e.key) k)::text
FROM )sql");
  return text.append(from_q).append(R"sql(
CROSS JOIN LATERAL (
  SELECT count(*) AS steps, coalesce(bool_or(x.finished), false) AS finished, max(x.ended_at) AS last_at
  FROM dlr.resubmission_steps x WHERE x.request_id = q.id) s)sql");
}

constexpr std::string_view kById = "dlrgw_rows r JOIN dlr.resubmission_requests q ON q.id = r.id";
constexpr std::string_view kNewest =
    "(SELECT * FROM dlr.resubmission_requests ORDER BY requested_at DESC, id LIMIT 1) q";

// So many conflicts in a row are not the fault of the receipts: the run ends, and the next one begins with them.
constexpr std::size_t kFailuresInARow = 5;

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
  next_ = sql_.query("bulk_next", kNext, {});
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
  return out;
}

void BulkResubmission::run(const JobContext& context) const {
  while (std::optional<Open> open = next_open()) {
    if (!walk(*open, context)) return;
  }
}

std::optional<BulkResubmission::Open> BulkResubmission::next_open() const {
  const OwnUnitOfWork work = sql_.open(kPool);
  const SqlResult row = work.query(next_);
  if (row.rows() == 0) return std::nullopt;
  return Open{
      std::string(row.text(0, 0)),
      std::string(row.text(0, 1)),
      {std::string(row.text(0, 2)), std::string(row.text(0, 3)), row.time_us(0, 4), row.time_us(0, 5).value_or(0)},
      row.integer(0, 6),
      {std::string(row.text(0, 7)), row.integer(0, 8)}};
}

bool BulkResubmission::walk(Open& open, const JobContext& context) const {
  while (!context.should_stop()) {
    const std::vector<Looked> page = look(open);
    PageWalk walked{open.beyond, {}};
    try {
      for (const Looked& item : page) {
        if (context.should_stop()) break;
        if (item.due) put_through(open, item.place, walked);
        if (walked.failures.empty()) walked.behind = item.place;
      }
    } catch (const Error&) {
      // Records what was done so far if that is still possible; the job's error says why the run ended.
      if (!walked.not_kept.empty()) end_step(open, walked, false);
      throw;
    }
    walked.settle();
    if (!page.empty() && !context.should_stop()) walked.behind = page.back().place;
    const bool finished = page.size() < kPage && !context.should_stop();
    end_step(open, walked, finished);
    if (finished) {
      log_.info("dlr.rejected.resubmitted", 0, {field("request", open.id), field("actor", open.actor)});
      return true;
    }
  }
  return false;
}

std::vector<BulkResubmission::Looked> BulkResubmission::look(const Open& open) const {
  const OwnUnitOfWork work = sql_.open(kPool);
  work.add(look_, 0,
           {SqlValue::text_or_null(open.selection.reason), SqlValue::text_or_null(open.selection.stage),
            SqlValue::time(open.selection.from_us), SqlValue::time(open.selection.to_us),
            SqlValue::text(open.beyond.stream_identity), SqlValue::integer(open.beyond.stream_seq)});
  const SqlResult result = work.query(look_);
  std::vector<Looked> page(result.rows());
  for (std::uint32_t i = 0; i < result.rows(); ++i)
    page[i] = {{std::string(result.text(i, 0)), result.integer(i, 1)}, result.boolean(i, 2)};
  return page;
}

// A receipt that cannot be decided is skipped. A dependency that is away, or many conflicts in a row, end the run.
void BulkResubmission::put_through(const Open& open, const StoredPlace& place, PageWalk& walked) const {
  try {
    const std::optional<StoredReceipt> stored = resubmission_.find(place);
    if (!stored || !stored->first_outcome.empty()) return;  // its retention, or an administrator, was faster
    const SubmissionResult result = resubmission_.submit(place, *stored, open.actor, open.id);
    walked.settle();
    if (result.outcome == DLRGW_OUTCOME_REJECTED || result.outcome == "retry") ++walked.not_kept[result.outcome];
  } catch (const Error& e) {
    if (e.code() == DLRGW_E_UNAVAILABLE) throw;
    if (e.code() == DLRGW_E_DENIED) return;  // an administrator was faster
    if (e.code() == DLRGW_E_DATA) {
      ++walked.not_kept["invalid"];
      return;
    }
    log_.error("dlr.rejected.resubmit_failed", 0,
               {field("request", open.id), field("streamIdentity", place.stream_identity),
                field("streamSequence", place.stream_seq), field("reason", e.what())});
    if (e.code() != DLRGW_E_TRANSIENT) {
      ++walked.not_kept["failed"];
      return;
    }
    walked.failures.push_back(place);
    if (walked.failures.size() >= kFailuresInARow) throw;
  }
}

void BulkResubmission::PageWalk::settle() {
  if (failures.empty()) return;
  not_kept["failed"] += static_cast<std::int64_t>(failures.size());
  behind = failures.back();
  failures.clear();
}

void BulkResubmission::end_step(Open& open, const PageWalk& walked, bool finished) const {
  open.beyond = walked.behind;
  OwnUnitOfWork work = sql_.open(kPool);
  work.add(end_step_, 0,
           {SqlValue::uuid(open.id), SqlValue::integer(++open.steps), SqlValue::text(open.beyond.stream_identity),
            SqlValue::integer(open.beyond.stream_seq), SqlValue::json(tally_json(walked.not_kept)),
            SqlValue::boolean(finished), SqlValue::time(clock_.now_us())});
  work.commit();
}

}  // namespace dlrgw::admin_http
