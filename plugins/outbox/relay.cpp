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
      delete_(sql_.write("delete_acknowledged", kDelete, {{"subject", SqlType::kText}, {"id", SqlType::kInt}}, 2)),
      reader_(host) {}

void Relay::run(const JobContext& context) {
  const OutboxGauges::Exported exported(gauges_);
  while (!context.should_stop()) {
    bool more = true;
    try {
      delete_acknowledged();
      gauges_.refresh(kRelayPool);
      const std::size_t found = round();
      more = found >= OutboxReader::kMostOfSubject;
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
  const std::vector<OutboxRow> rows = select_oldest();
  if (rows.empty()) return 0;
  publish(rows);
  delete_acknowledged();
  return rows.size();
}

// One row that cannot be read fails the statement for all. Then each is read by itself, and that one is parked.
std::vector<OutboxRow> Relay::select_oldest() {
  const std::int64_t now_us = clock_.monotonic_us();
  const OutboxLook look{book_.failing(), book_.due(now_us), book_.parked(now_us)};
  try {
    return reader_.oldest(look);
  } catch (const Error&) {
    OutboxReader::OneByOne found = reader_.oldest_one_by_one(look);
    if (found.unreadable.empty() && found.rows.empty()) throw;
    for (const OutboxReader::Unreadable& row : found.unreadable)
      if (book_.unreadable(row.id, now_us))
        log_.warn("dlr.outbox.publish_failed", 0,
                  {field("subject", row.subject), field("eventId", row.event_id), field("outboxId", row.id),
                   field("reason", "its row cannot be read; mend or delete it")});
    return std::move(found.rows);
  }
}

void Relay::publish(const std::vector<OutboxRow>& rows) {
  std::vector<dlrgw_publish_item> items;
  items.reserve(rows.size());
  for (const OutboxRow& row : rows) {
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
  reader_.settle(round);
  const RoundReport report_of_round = book_.settle(round, clock_.monotonic_us());
  for (const EventReport& event : report_of_round.events) {
    const auto row = std::ranges::find(rows, event.id, &OutboxRow::id);
    log_.warn("dlr.outbox.publish_failed", 0,
              {field("subject", row->subject), field("eventId", row->event_id), field("outboxId", event.id),
               field("reason", result_text(event.result)), field("backOffMs", event.wait_us / 1000)});
  }
  for (const SubjectReport& report : report_of_round.subjects) {
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
  OwnUnitOfWork work = sql_.open(kRelayPool);
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
