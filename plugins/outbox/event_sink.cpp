// SPDX-License-Identifier: Apache-2.0
#include "event_sink.hpp"

#include "event_array.hpp"

namespace dlrgw::outbox {
namespace {

// Rows without a key keep the order in which they are added: ids ascend in the order of emission.
constexpr std::string_view kInsert = R"(
INSERT INTO dlr.outbox (subject, created_at, event_count, events)
SELECT subject, created_at, event_count, events FROM dlrgw_rows)";

}  // namespace

EventSink::EventSink(Host host) : clock_(host), sql_(host), jobs_(host) {
  using enum SqlType;
  insert_ = sql_.write("insert_events", kInsert,
                       {{"subject", kText}, {"created_at", kTime}, {"event_count", kInt}, {"events", kJson}}, 0,
                       DLRGW_SQL_ONE_EACH);
}

void EventSink::persist(dlrgw_uow* uow, const EventList& events) {
  EventRows rows;
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const dlrgw_event& event = events[i];
    if (!rows.add(
            view(event.subject), event.receipt,
            {view(event.event_id), view(event.key), view(event.schema), view(event.traceparent), view(event.payload)}))
      throw Error(DLRGW_E_DATA,
                  "an event's payload is not one JSON value, or a control character is in its schema or traceparent");
  }
  const UnitOfWork work = sql_.in(uow);
  const std::int64_t now_us = clock_.now_us();
  for (const EventRow& row : rows.take())
    work.add(insert_, row.receipt,
             {SqlValue::text(row.subject), SqlValue::time(now_us), SqlValue::integer(row.count),
              SqlValue::json(row.events)});
}

}  // namespace dlrgw::outbox
