// SPDX-License-Identifier: Apache-2.0
#include "outbox_gauges.hpp"

#include <algorithm>
#include <string>

namespace dlrgw::outbox {
namespace {

constexpr std::int64_t kEveryUs = 1'000'000;
constexpr std::string_view kCheck = "outbox";
constexpr std::int64_t kOldUs = 60'000'000;  // as the alert DlrOutboxOld
constexpr std::int64_t kMaxShare = 50;       // a count takes at most one part in 50 of the relay's time

// The count stops after 100,000 rows, each of which holds an event or more: far above every alert, and the query stays
// cheap during an outage of NATS.
constexpr std::string_view kMeasure = R"(
SELECT (SELECT coalesce(sum(c.event_count), 0) FROM (SELECT x.event_count FROM dlr.outbox x LIMIT 100000) c),
       (WITH RECURSIVE heads AS (
          (SELECT o.subject, o.created_at FROM dlr.outbox o ORDER BY o.subject, o.id LIMIT 1)
          UNION ALL
          SELECT n.subject, n.created_at FROM heads h CROSS JOIN LATERAL
                 (SELECT o.subject, o.created_at FROM dlr.outbox o WHERE o.subject > h.subject
                  ORDER BY o.subject, o.id LIMIT 1) n)
        SELECT min(h.created_at) FROM heads h))";

}  // namespace

OutboxGauges::OutboxGauges(Host host)
    : clock_(host),
      sql_(host),
      health_(host),
      leader_(host, Metric::Type::kGauge, "dlr_outbox_leader",
              "1 on the gateway that publishes events, 0 on the others."),
      pending_(host, Metric::Type::kGauge, "dlr_outbox_pending",
               "Events that wait for their PubAck, those of the first 100000 rows."),
      oldest_(host, Metric::Type::kGauge, "dlr_outbox_oldest_seconds",
              "Age of the oldest waiting event, 0 without one."),
      measure_(sql_.query("measure", kMeasure, {})) {
  leader_.record(0, {}, 0);
}

bool OutboxGauges::due() const { return clock_.monotonic_us() >= next_us_; }

void OutboxGauges::refresh(std::string_view pool, std::string_view why) {
  const std::int64_t monotonic_us = clock_.monotonic_us();
  leader_.record(0, {}, 1);  // repeated, because a reload that was refused made another instance, which reported 0
  const OwnUnitOfWork work = sql_.open(pool);
  const SqlResult result = work.query(measure_);
  const auto oldest_us = result.time_us(0, 1);
  pending_.record(0, {}, static_cast<double>(result.integer(0, 0)));
  const std::int64_t age_us = oldest_us ? std::max<std::int64_t>(clock_.now_us() - *oldest_us, 0) : 0;
  oldest_.record(0, {}, static_cast<double>(age_us) / 1e6);
  tell_ready(age_us, why);
  const std::int64_t done_us = clock_.monotonic_us();
  next_us_ = done_us + std::max(kEveryUs, (done_us - monotonic_us) * kMaxShare);
}

// Receipts are taken meanwhile: their events are safe in the table.
void OutboxGauges::tell_ready(std::int64_t age_us, std::string_view why) const {
  if (age_us <= kOldUs) return health_.ok(kCheck);
  std::string detail = "the oldest event has waited for " + std::to_string(age_us / 1'000'000) + " s to be published";
  if (!why.empty()) detail.append("; refused last: ").append(why);
  health_.degraded(kCheck, detail);
}

void OutboxGauges::remove() {
  health_.ok(kCheck);  // the next leader says what it finds
  leader_.record(0, {}, 0);
  pending_.remove({});
  oldest_.remove({});
  next_us_ = INT64_MIN;
}

}  // namespace dlrgw::outbox
