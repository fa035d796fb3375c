#include "resubmit_route.hpp"

#include <array>

#include "admin_route.hpp"

namespace dlrgw::admin_http {
namespace {

constexpr std::string_view kFind = R"sql(
SELECT i.kind, i.event_id, i.received_at, i.payload, d.outcome, d.actor
FROM dlrgw_rows r
JOIN dlr.invalid_dlrs i ON i.stream_identity = r.stream_identity AND i.stream_seq = r.stream_seq
LEFT JOIN dlr.rejected_resubmissions d ON d.stream_identity = i.stream_identity AND d.stream_seq = i.stream_seq)sql";

// The row that makes it once, and the audit row, with the effects. Rejected again: the audit row alone.
constexpr std::string_view kComplete = R"sql(
WITH decided AS (
  INSERT INTO dlr.rejected_resubmissions (stream_identity, stream_seq, outcome, actor, resubmitted_at)
  SELECT stream_identity, stream_seq, outcome, actor, at FROM dlrgw_rows WHERE outcome <> 'rejected')
INSERT INTO dlr.audit_log (at, actor, action, entity, entity_id, details)
SELECT at, actor, 'rejected.resubmit', 'rejected', stream_identity || '/' || stream_seq,
       jsonb_build_object('result', 'ok', 'status', 200, 'outcome', outcome, 'instance', instance)
FROM dlrgw_rows)sql";
constexpr std::uint32_t kOutcomeColumn = 2;

Answer already(std::string_view outcome, std::string_view actor) {
  Answer answer{409, "it was resubmitted already, outcome \"" + std::string(outcome) + "\"; nothing was done"};
  answer.more = [outcome = std::string(outcome), actor = std::string(actor)](JsonWriter& json) {
    json.member("outcome", outcome).member("actor", actor);
  };
  return answer;
}

std::string describe(const SubmissionResult& result) {
  JsonWriter json;
  json.begin_object().member("outcome", result.outcome);
  json.member_or_null("reason", result.reason).member_or_null("stage", result.stage).end_object();
  return json.take();
}

}  // namespace

std::optional<Answer> refuse_resubmission(const StoredReceipt& stored) {
  if (stored.kind == "held")
    return Answer{409, "it is held: a job puts it through by itself as soon as that is possible"};
  if (!stored.first_outcome.empty()) return already(stored.first_outcome, stored.first_actor);
  return std::nullopt;
}

ResubmitRoute::ResubmitRoute(Host host, const WriteDesk& desk)
    : desk_(desk),
      clock_(host),
      sql_(host),
      pipeline_(host),
      find_(sql_.query("find_rejected", kFind, {{"stream_identity", SqlType::kText}, {"stream_seq", SqlType::kInt}})),
      complete_(sql_.write("complete_resubmission", kComplete,
                           {{"stream_identity", SqlType::kText},
                            {"stream_seq", SqlType::kInt},
                            {"outcome", SqlType::kText},
                            {"actor", SqlType::kText},
                            {"at", SqlType::kTime},
                            {"instance", SqlType::kText}},
                           2, DLRGW_SQL_ONE_EACH)) {}

void ResubmitRoute::register_in(Registrar& registrar) {
  registrar.route(admin_route("POST", "/v1/admin/dlr/rejected/{identity}/{seq}/resubmit"),
                  [this](const HttpRequest& request, HttpResponse& response) {
                    const std::string_view identity = request.param("identity");
                    const std::string_view seq = request.param("seq");
                    const std::string id = std::string(identity) + "/" + std::string(seq);
                    desk_.perform(request, response, {"rejected.resubmit", "rejected", id},
                                  [&](std::string_view actor) { return resubmit(actor, identity, seq); });
                  });
}

Answer ResubmitRoute::resubmit(std::string_view actor, std::string_view identity, std::string_view seq) const {
  const std::optional<std::int64_t> number = parse_sequence(seq);
  if (!number) return {400, "the last part names the stream sequence: decimal digits, 1 and up"};
  const std::optional<StoredReceipt> stored = find(identity, *number);
  if (!stored) return {404, "no rejected receipt of this stream identity and sequence is stored"};
  if (std::optional<Answer> refused = refuse_resubmission(*stored)) return *refused;
  return submit(actor, identity, *number, *stored);
}

std::optional<StoredReceipt> ResubmitRoute::find(std::string_view identity, std::int64_t seq) const {
  const OwnUnitOfWork work = sql_.open("admin");
  work.add(find_, 0, {SqlValue::text(identity), SqlValue::integer(seq)});
  const SqlResult rows = work.query(find_);
  if (rows.rows() == 0) return std::nullopt;
  return StoredReceipt{std::string(rows.text(0, 0)),  std::string(rows.text(0, 1)), rows.time_us(0, 2),
                       std::string(rows.bytes(0, 3)), std::string(rows.text(0, 4)), std::string(rows.text(0, 5))};
}

Answer ResubmitRoute::submit(std::string_view actor, std::string_view identity, std::int64_t seq,
                             const StoredReceipt& stored) const {
  const std::array<SqlValue, 6> row{
      SqlValue::text(identity), SqlValue::integer(seq),          SqlValue::null(),
      SqlValue::text(actor),    SqlValue::time(clock_.now_us()), SqlValue::text(desk_.instance())};
  try {
    const SubmissionResult result = pipeline_.submit({.payload = stored.payload,
                                                      .event_id = stored.event_id,
                                                      .received_at_us = stored.received_at_us,
                                                      .origin = "admin.resubmit"},
                                                     {complete_, row, kOutcomeColumn});
    Answer answer{200, describe(result)};
    answer.audited = result.outcome != "retry";  // nothing was kept of it, the completion neither
    return answer;
  } catch (const Error& e) {
    if (e.code() != DLRGW_E_DENIED) return submission_refusal(e, 422);
    const std::optional<StoredReceipt> now = find(identity, seq);  // another request was faster
    return already(now ? now->first_outcome : "", now ? now->first_actor : "");
  }
}

}  // namespace dlrgw::admin_http
