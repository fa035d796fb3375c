// SPDX-License-Identifier: Apache-2.0
#include "relay.hpp"

#include <algorithm>
#include <optional>

namespace dlrgw::outbox {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kPoll{50};    // for rows that other hosts committed
constexpr milliseconds kPause{500};  // after a round that failed as a whole
// Below the 2 s within which a job returns once it is told to stop.
constexpr std::uint32_t kPublishTimeoutMs = 1500;
// Acknowledged rows are deleted together, not with each commit of the intake that woke the relay.
constexpr std::int64_t kSettleAfterUs = 50'000;
constexpr std::size_t kMostSettled = 256;

// One keyed probe per row whatever the size of the table was when the plan was made. Rows are never updated, so that a
// ctid stays good within the statement.
constexpr std::string_view kDelete = R"(
DELETE FROM dlr.outbox d WHERE d.ctid = ANY (ARRAY(
  SELECT o.ctid FROM dlrgw_rows r CROSS JOIN LATERAL
         (SELECT x.ctid FROM dlr.outbox x WHERE x.subject = r.subject AND x.id = r.id OFFSET 0) o)))";

// Under the same id, so that the oldest event of a subject stays in its oldest row. What another leader has deleted
// meanwhile does not come back.
constexpr std::string_view kPutBack = R"(
WITH gone AS (
  DELETE FROM dlr.outbox o USING dlrgw_rows r WHERE o.subject = r.subject AND o.id = r.id
  RETURNING o.id, o.subject, o.created_at, r.event_count, r.events)
INSERT INTO dlr.outbox (id, subject, created_at, event_count, events) OVERRIDING SYSTEM VALUE
SELECT g.id, g.subject, g.created_at, g.event_count, g.events FROM gone g)";

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
      delete_(sql_.write("delete_acknowledged", kDelete, {{"subject", SqlType::kText}, {"id", SqlType::kInt}}, 2)),
      put_back_(sql_.write("put_back", kPutBack,
                           {{"subject", SqlType::kText},
                            {"id", SqlType::kInt},
                            {"event_count", SqlType::kInt},
                            {"events", SqlType::kJson}},
                           2)),
      reader_(host) {}

void Relay::run(const JobContext& context) {
  const OutboxGauges::Exported exported(gauges_);
  while (!context.should_stop()) {
    std::size_t found = 0;
    try {
      turn(found);
      if (failing_) log_.info("dlr.outbox.resumed", 0, {});
      failing_ = false;
    } catch (const Error& e) {
      if (!failing_) log_.warn("dlr.outbox.publish_failed", 0, {field("reason", e.what())});
      failing_ = true;
      refused_ = e.what();
      if (!pause(context, kPause)) break;
      continue;
    }
    if (found < OutboxReader::kMostOfSubject && !context.wait(kPoll)) break;
  }
  store_settled();  // or the next leader would publish it again
}

void Relay::turn(std::size_t& found) {
  const bool long_ago = clock_.monotonic_us() - settled_since_us_ >= kSettleAfterUs;
  const bool measure = gauges_.due();
  if (failing_ || long_ago || measure || book_.settled().size() >= kMostSettled) store_settled();
  if (measure) gauges_.refresh(kRelayPool, refused_);
  found = round();
}

std::size_t Relay::round() {
  const std::int64_t now_us = clock_.monotonic_us();
  const OutboxLook look{book_.failing(), book_.due(now_us), book_.without(now_us)};
  const OutboxFound found = select_oldest(look);
  for (const OutboxFound::Unreadable& row : found.unreadable)
    if (book_.unreadable(row.id, now_us))
      log_.warn("dlr.outbox.publish_failed", 0,
                {field("subject", row.subject), field("outboxId", row.id),
                 field("reason", "its row cannot be read; mend or delete it"), field("detail", row.why)});
  return publish(found.rows, look);
}

// One row that the database cannot give out fails the statement for all: then each is read by itself.
OutboxFound Relay::select_oldest(const OutboxLook& look) {
  try {
    return reader_.oldest(look);
  } catch (const Error&) {
    OutboxFound found = reader_.oldest_one_by_one(look);
    if (found.unreadable.empty() && found.rows.empty()) throw;
    return found;
  }
}

std::size_t Relay::publish(const std::vector<OutboxRow>& rows, const OutboxLook& look) {
  const std::int64_t now_us = clock_.monotonic_us();
  std::vector<PublishedRow> round;
  std::vector<dlrgw_publish_item> items;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // of each item: row, event
  std::vector<std::string> schemas;                         // of the rows' subjects
  schemas.reserve(rows.size());
  for (const OutboxRow& row : rows) {
    PublishedRow& published = round.emplace_back(PublishedRow{row.id, row.subject, {}});
    schemas.push_back(default_schema(row.subject));
    bool full = false;
    const bool probe = std::ranges::find(look.probes, row.subject) != look.probes.end();
    for (const StoredEvent& event : row.events) {
      published.events.push_back({event.id, event.json});
      if (full || book_.left_alone(row.id, event.id, now_us)) continue;
      full = probe;  // one event of a subject that failed
      places.emplace_back(round.size() - 1, published.events.size() - 1);
      items.push_back({sizeof(dlrgw_publish_item), DLRGW_E_TRANSIENT, str(row.subject), str(event.id),
                       str(event.schema ? *event.schema : schemas.back()), str(event.traceparent), str(event.payload)});
    }
  }
  if (items.empty()) return 0;
  std::optional<Error> refused;
  fail_points_.hit("outbox.before_publish");
  try {
    publish_.publish(items, kPublishTimeoutMs);
  } catch (const Error& e) {
    refused = e;  // items that were acknowledged before it still count
  }
  fail_points_.hit("outbox.after_publish");
  for (std::size_t i = 0; i < items.size(); ++i)
    round[places[i].first].events[places[i].second].result = items[i].result;
  reader_.settle(round);
  if (book_.settled().empty()) settled_since_us_ = clock_.monotonic_us();
  tell(book_.settle(round, clock_.monotonic_us()));
  if (refused) throw Error(*refused);
  return items.size();
}

void Relay::tell(const RoundReport& report) {
  for (const EventReport& event : report.events) {
    refused_ = "event " + event.event_id + " on " + event.subject + ", " + std::string(result_text(event.result));
    log_.warn("dlr.outbox.publish_failed", 0,
              {field("subject", event.subject), field("eventId", event.event_id), field("outboxId", event.row),
               field("reason", result_text(event.result)), field("backOffMs", event.wait_us / 1000)});
  }
  for (const SubjectReport& subject : report.subjects) {
    if (subject.acknowledged != 0) published_.record(0, {subject.subject}, subject.acknowledged);
    if (subject.failed != 0) refused_ = subject.subject + ", " + std::string(result_text(subject.result));
    if (!subject.tell) continue;
    log_.warn("dlr.outbox.publish_failed", 0,
              {field("subject", subject.subject), field("reason", result_text(subject.result)),
               field("events", std::int64_t{subject.failed}), field("backOffMs", subject.wait_us / 1000)});
  }
}

void Relay::store_settled() {
  if (book_.settled().empty()) return;
  bool puts_back = false;
  OwnUnitOfWork work = sql_.open(kRelayPool);
  for (const SettledRow& row : book_.settled()) {
    if (row.rest_count == 0) {
      work.add(delete_, 0, {SqlValue::text(row.subject), SqlValue::integer(row.id)});
      continue;
    }
    puts_back = true;
    work.add(put_back_, 0,
             {SqlValue::text(row.subject), SqlValue::integer(row.id), SqlValue::integer(row.rest_count),
              SqlValue::json(row.rest)});
  }
  fail_points_.hit("outbox.before_delete");
  if (puts_back) fail_points_.hit("outbox.before_put_back");
  work.commit();
  fail_points_.hit("outbox.after_delete");
  if (puts_back) fail_points_.hit("outbox.after_put_back");
  book_.settled_is_stored();
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
