#include "event_sink.hpp"

namespace dlrgw::outbox {
namespace {

constexpr std::string_view kInsert = R"(
INSERT INTO dlr.outbox (event_id, subject, message_key, payload, headers, created_at)
SELECT event_id, subject, message_key, payload, headers, created_at FROM dlrgw_rows ORDER BY position)";

std::string headers_of(const dlrgw_event& event) {
  JsonWriter json;
  json.begin_object().member("schema", view(event.schema));
  if (event.traceparent.len != 0) json.member("traceparent", view(event.traceparent));
  return json.end_object().take();
}

}  // namespace

EventSink::EventSink(Host host) : clock_(host), sql_(host), jobs_(host) {
  using enum SqlType;
  insert_ = sql_.write("insert_events", kInsert,
                       {{"position", kInt},
                        {"event_id", kUuid},
                        {"subject", kText},
                        {"message_key", kText},
                        {"payload", kJson},
                        {"headers", kJson},
                        {"created_at", kTime}},
                       1, DLRGW_SQL_ONE_EACH);
}

void EventSink::persist(dlrgw_uow* uow, const EventList& events) {
  const UnitOfWork work = sql_.in(uow);
  const std::int64_t now_us = clock_.now_us();
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const dlrgw_event& event = events[i];
    const std::string headers = headers_of(event);
    work.add(insert_, event.receipt,
             {SqlValue::integer(next_++), SqlValue::uuid(view(event.event_id)), SqlValue::text(view(event.subject)),
              SqlValue::text(view(event.key)), SqlValue::json(view(event.payload)), SqlValue::json(headers),
              SqlValue::time(now_us)});
  }
}

}  // namespace dlrgw::outbox
