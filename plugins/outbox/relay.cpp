#include "relay.hpp"

#include "event_headers.hpp"

namespace dlrgw::outbox {
namespace {

using std::chrono::milliseconds;
constexpr std::size_t kMaxRowsPerSubject = 512;  // as in the statements
constexpr milliseconds kPoll{50};                // for rows that other hosts committed
constexpr milliseconds kPause{500};              // after a round that failed as a whole
// Below the 2 s within which a job returns once it is told to stop.
constexpr std::uint32_t kPublishTimeoutMs = 1500;
constexpr std::string_view kPool = "relay";

// The first CTE hops from subject to subject through the index; the subjects that back off are left out whole.
constexpr std::string_view kSelectAll = R"(
WITH RECURSIVE subjects AS (
  (SELECT o.subject FROM dlr.outbox o ORDER BY o.subject LIMIT 1)
  UNION ALL
  SELECT (SELECT o.subject FROM dlr.outbox o WHERE o.subject > s.subject ORDER BY o.subject LIMIT 1)
  FROM subjects s WHERE s.subject IS NOT NULL)
SELECT o.id, o.event_id, s.subject, o.headers->>'schema', o.headers->>'traceparent', o.payload::text
FROM subjects s CROSS JOIN LATERAL
     (SELECT id, event_id, headers, payload FROM dlr.outbox WHERE subject = s.subject ORDER BY id LIMIT 512) o
WHERE s.subject <> ALL (ARRAY(SELECT json_array_elements_text(r.without_subjects) FROM dlrgw_rows r)))";

constexpr std::string_view kSelectAfter = R"(
SELECT o.id, o.event_id, r.subject, o.headers->>'schema', o.headers->>'traceparent', o.payload::text
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT id, event_id, headers, payload FROM dlr.outbox WHERE subject = r.subject AND id > r.after_id
      ORDER BY id LIMIT 512) o)";

// One keyed probe per row whatever the size of the table was when the plan was made. Rows are never updated, so that a
// ctid stays good within the statement.
constexpr std::string_view kDelete = R"(
DELETE FROM dlr.outbox WHERE ctid = ANY (ARRAY(
  SELECT o.ctid FROM dlrgw_rows r CROSS JOIN LATERAL
         (SELECT ctid FROM dlr.outbox WHERE subject = r.subject AND id = r.id OFFSET 0) o)))";

}  // namespace

Relay::Relay(Host host)
    : clock_(host),
      sql_(host),
      publish_(host),
      fail_points_(host),
      log_(host),
      published_(host, Metric::Type::kCounter, "dlr_outbox_published_total", "Events acknowledged by their stream.",
                 {"subject"}),
      gauges_(host),
      select_all_(sql_.query("select_all", kSelectAll, {{"without_subjects", SqlType::kJson}})),
      select_after_(
          sql_.query("select_after", kSelectAfter, {{"subject", SqlType::kText}, {"after_id", SqlType::kInt}})),
      delete_(sql_.write("delete_acknowledged", kDelete, {{"subject", SqlType::kText}, {"id", SqlType::kInt}}, 2)) {}

void Relay::run(const JobContext& context) {
  const OutboxGauges::Exported exported(gauges_);
  while (!context.should_stop()) {
    bool more = true;
    try {
      delete_acknowledged();
      gauges_.refresh(kPool);
      const std::size_t found = round();
      more = found >= kMaxRowsPerSubject;
      if (failing_) log_.info("dlr.outbox.resumed", 0, {});
      failing_ = false;
    } catch (const Error& e) {
      if (!failing_) log_.warn("dlr.outbox.publish_failed", 0, {field("reason", e.what())});
      failing_ = true;
      if (!pause(context, kPause)) return;
    }
    if (!more && !context.wait(kPoll)) return;
  }
}

std::size_t Relay::round() {
  const std::vector<Row> rows = select_oldest();
  if (rows.empty()) return 0;
  publish(rows);
  delete_acknowledged();
  return rows.size();
}

std::vector<Relay::Row> Relay::select_oldest() {
  const std::int64_t began_us = clock_.monotonic_us();
  const std::vector<std::string> without = book_.waiting(began_us);
  const OwnUnitOfWork work = sql_.open(kPool);
  if (!floors_.whole_look_due(began_us)) {
    for (const auto& [subject, id] : floors_.after(without))
      work.add(select_after_, 0, {SqlValue::text(subject), SqlValue::integer(id)});
    return rows_of(work.query(select_after_));
  }
  JsonWriter subjects;
  subjects.begin_array();
  for (const std::string& subject : without) subjects.value(subject);
  subjects.end_array();
  work.add(select_all_, 0, {SqlValue::json(subjects.text())});
  std::vector<Row> rows = rows_of(work.query(select_all_));
  floors_.whole_look_done(began_us, clock_.monotonic_us());
  return rows;
}

std::vector<Relay::Row> Relay::rows_of(const SqlResult& result) {
  std::vector<Row> rows(result.rows());
  for (std::uint32_t i = 0; i < result.rows(); ++i) {
    rows[i].id = result.integer(i, 0);
    rows[i].event_id = result.text(i, 1);
    rows[i].subject = result.text(i, 2);
    rows[i].schema = result.is_null(i, 3) ? default_schema(rows[i].subject) : std::string(result.text(i, 3));
    rows[i].traceparent = result.text(i, 4);
    rows[i].payload = result.text(i, 5);
  }
  return rows;
}

void Relay::publish(const std::vector<Row>& rows) {
  std::vector<dlrgw_publish_item> items;
  items.reserve(rows.size());
  for (const Row& row : rows) {
    items.push_back({sizeof(dlrgw_publish_item), DLRGW_E_TRANSIENT, str(row.subject), str(row.event_id),
                     str(row.schema), str(row.traceparent), str(row.payload)});
  }
  std::optional<Error> refused;
  try {
    publish_.publish(items, kPublishTimeoutMs);
  } catch (const Error& e) {
    refused = e;  // items that were acknowledged before it still count
  }
  std::vector<Published> round;
  round.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) round.push_back({rows[i].id, rows[i].subject, items[i].result});
  floors_.settle(round);
  for (const SubjectReport& report : book_.settle(round, clock_.monotonic_us())) {
    if (report.acknowledged != 0) published_.record(0, {report.subject}, report.acknowledged);
    if (!report.tell) continue;
    log_.warn("dlr.outbox.publish_failed", 0,
              {field("subject", report.subject), field("reason", result_text(report.result)),
               field("events", std::int64_t{report.failed}), field("backOffMs", report.wait_us / 1000)});
  }
  if (refused) throw Error(*refused);
}

void Relay::delete_acknowledged() {
  if (book_.to_delete().empty()) return;
  fail_points_.hit("outbox.before_delete");
  OwnUnitOfWork work = sql_.open(kPool);
  for (const auto& [subject, id] : book_.to_delete())
    work.add(delete_, 0, {SqlValue::text(subject), SqlValue::integer(id)});
  work.commit();
  book_.deleted();
}

bool Relay::pause(const JobContext& context, milliseconds time) const {
  const std::int64_t until_us = clock_.monotonic_us() + std::chrono::microseconds(time).count();
  for (std::int64_t left_us = until_us - clock_.monotonic_us(); left_us > 0;
       left_us = until_us - clock_.monotonic_us()) {
    if (!context.wait(std::chrono::ceil<milliseconds>(std::chrono::microseconds(left_us)))) return false;
  }
  return !context.should_stop();
}

}  // namespace dlrgw::outbox
