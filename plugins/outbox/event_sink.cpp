// SPDX-License-Identifier: Apache-2.0
#include "event_sink.hpp"

#include "event_headers.hpp"

namespace dlrgw::outbox {
namespace {

// Rows without a key keep the order in which they are added: ids ascend in the order of emission.
constexpr std::string_view kInsert = R"(
INSERT INTO dlr.outbox (event_id, subject, message_key, payload, headers, created_at)
SELECT event_id, subject, message_key, payload, headers, created_at FROM dlrgw_rows)";

SqlValue json_or_null(std::string_view json) { return json.empty() ? SqlValue::null() : SqlValue::json(json); }

}  // namespace

EventSink::EventSink(Host host) : clock_(host), sql_(host), jobs_(host) {
  using enum SqlType;
  insert_ = sql_.write("insert_events", kInsert,
                       {{"event_id", kUuid},
                        {"subject", kText},
                        {"message_key", kText},
                        {"payload", kJson},
                        {"headers", kJson},
                        {"created_at", kTime}},
                       0, DLRGW_SQL_ONE_EACH);
}

void EventSink::persist(dlrgw_uow* uow, const EventList& events) {
  const UnitOfWork work = sql_.in(uow);
  const std::int64_t now_us = clock_.now_us();
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const dlrgw_event& event = events[i];
    const std::string headers = headers_of(view(event.subject), view(event.schema), view(event.traceparent));
    work.add(
        insert_, event.receipt,
        {SqlValue::uuid(view(event.event_id)), SqlValue::text(view(event.subject)), SqlValue::text(view(event.key)),
         SqlValue::json(view(event.payload)), json_or_null(headers), SqlValue::time(now_us)});
  }
}

}  // namespace dlrgw::outbox
