// SPDX-License-Identifier: Apache-2.0
#include "publisher.hpp"

#include "message/ids.hpp"
#include "message/states.hpp"

namespace dlrgw::segments {
namespace {

// The decision was made under the lock, so each row changes exactly one message; anything else rolls the batch back.
std::string update_message() {
  return R"(
UPDATE orch.sms_messages m
SET status = r.status, dlr_status = r.status, dlr_received_at = r.dlr_received_at, processed_at = r.processed_at
FROM dlrgw_rows r
WHERE m.message_id = r.message_id AND coalesce(m.status, '') NOT IN ()" +
         message::terminal_status_list() + ")";
}

constexpr std::string_view kInsertAggregate = R"(
INSERT INTO dlr.message_aggregates (filed_under, message_id, account_id, operator_id, status, expected, received, delivered, reason, decided_at)
SELECT filed_under, message_id, account_id, operator_id, status, expected, received, delivered, reason, decided_at FROM dlrgw_rows)";

}  // namespace

Publisher::Publisher(Host host, bool legacy_subjects)
    : legacy_subjects_(legacy_subjects),
      clock_(host),
      digest_(host),
      events_(host),
      log_(host),
      billing_(host, Metric::Type::kCounter, "dlr_billing_events_total", "Billing events committed.", {"status"}),
      webhooks_(host, Metric::Type::kCounter, "dlr_webhook_events_total", "Webhook events committed.", {"status"}),
      aggregates_(host, Metric::Type::kCounter, "dlr_aggregates_total", "Messages that got their final status.",
                  {"status", "reason"}) {
  using enum SqlType;
  const Sql sql(host);
  update_message_ =
      sql.write("update_message", update_message(),
                {{"message_id", kUuid}, {"status", kText}, {"dlr_received_at", kTime}, {"processed_at", kTime}}, 1,
                DLRGW_SQL_ONE_EACH);
  insert_aggregate_ = sql.write("insert_aggregate", kInsertAggregate,
                                {{"filed_under", kTime},
                                 {"message_id", kUuid},
                                 {"account_id", kUuid},
                                 {"operator_id", kText},
                                 {"status", kText},
                                 {"expected", kInt},
                                 {"received", kInt},
                                 {"delivered", kInt},
                                 {"reason", kText},
                                 {"decided_at", kTime}},
                                2, DLRGW_SQL_ONE_EACH);
  expect_series();
}

// At 0 from the start: a rate needs the value before the first count.
void Publisher::expect_series() const {
  webhooks_.record(0, {to_string(DlrStatus::kUnknown)}, 0);
  for (const AggregateStatus status : message::kAllAggregateStatuses) {
    billing_.record(0, {to_string(status)}, 0);
    webhooks_.record(0, {to_string(status)}, 0);
    for (const Reason reason : message::kAllReasons) aggregates_.record(0, {to_string(status), to_string(reason)}, 0);
  }
}

void Publisher::final(const UnitOfWork& work, std::uint64_t receipt, const MessageFacts& message,
                      const Aggregate& aggregate, bool several_segments, std::uint32_t sequence) const {
  const std::int64_t now_us = clock_.now_us();
  const std::string_view status = to_string(aggregate.status);
  work.add(update_message_, receipt,
           {SqlValue::uuid(message.message_id), SqlValue::text(status), SqlValue::time(aggregate.last_received_at_us),
            SqlValue::time(now_us)});
  // The receipt row of a message of one segment is its aggregate.
  if (several_segments) {
    work.add(
        insert_aggregate_, receipt,
        {SqlValue::time(message.filed_under_us), SqlValue::uuid(message.message_id), SqlValue::uuid(message.account_id),
         SqlValue::text(message.operator_id), SqlValue::text(status), SqlValue::integer(aggregate.expected),
         SqlValue::integer(aggregate.received), SqlValue::integer(aggregate.delivered),
         SqlValue::text(to_string(aggregate.reason)), SqlValue::time(now_us)});
  }
  std::string id = event_id(message, kAggregatedSubject, 1);
  emit(work, receipt, message, kAggregatedSubject, id, aggregated_json(id, message, aggregate, now_us));
  if (!legacy_subjects_) return;
  id = event_id(message, kBillingSubject, 1);
  emit(work, receipt, message, kBillingSubject, id, billing_json(id, message, aggregate));
  id = event_id(message, kWebhookSubject, sequence);
  emit(work, receipt, message, kWebhookSubject, id, final_webhook_json(id, message, aggregate, sequence));
}

void Publisher::intermediate(const UnitOfWork& work, std::uint64_t receipt, const MessageFacts& message,
                             const message::Segment& segment, std::uint32_t sequence) const {
  if (!legacy_subjects_) return;
  const std::string id = event_id(message, kWebhookSubject, sequence);
  emit(work, receipt, message, kWebhookSubject, id, intermediate_webhook_json(id, message, segment, sequence));
  webhooks_.record(receipt, {to_string(DlrStatus::kUnknown)});
}

void Publisher::tell_final(std::uint64_t receipt, const MessageFacts& message, const Aggregate& aggregate) const {
  const std::string_view status = to_string(aggregate.status);
  const std::string_view reason = to_string(aggregate.reason);
  aggregates_.record(receipt, {status, reason});
  if (legacy_subjects_) {
    billing_.record(receipt, {status});
    webhooks_.record(receipt, {status});
  }
  const bool partial = aggregate.reason == Reason::kGraceExpired;
  log_.info(
      partial ? "dlr.aggregation.partial" : "dlr.aggregated", receipt,
      {field("messageId", message.message_id), field("operatorId", message.operator_id), field("status", status),
       field("reason", reason), field("expected", std::int64_t{aggregate.expected}),
       field("received", std::int64_t{aggregate.received}), field("delivered", std::int64_t{aggregate.delivered})});
}

void Publisher::emit(const UnitOfWork& work, std::uint64_t receipt, const MessageFacts& message,
                     std::string_view subject, std::string_view id, std::string_view json) const {
  const std::string schema = std::string(subject) + "/1";
  events_.emit(work.raw(), {.receipt = receipt,
                            .event_id = id,
                            .subject = subject,
                            .key = message.message_id,
                            .schema = schema,
                            .payload = json});
}

std::string Publisher::event_id(const MessageFacts& message, std::string_view subject, std::uint32_t sequence) const {
  return digest_.uuid_v5(message::kUuidSpace, message::event_name(message.message_id, subject, sequence));
}

}  // namespace dlrgw::segments
