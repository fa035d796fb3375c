#include "orphan.hpp"

#include <chrono>
#include <cstdio>

#include <dlrgw/cpp/json_writer.hpp>

namespace dlrgw::correlate {
namespace {

void write_candidates(JsonWriter& json, const Orphan& orphan) {
  json.begin_array();
  for (const std::string_view id : orphan.candidates) json.value(id);
  json.end_array();
}

}  // namespace

std::string rfc3339_ms(std::int64_t us) {
  using namespace std::chrono;
  const sys_time<milliseconds> time(floor<milliseconds>(microseconds(us)));
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss<milliseconds> clock(time - day);
  char text[40];
  const int length =
      std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {text, static_cast<std::size_t>(length)};
}

std::string candidates_json(const Orphan& orphan) {
  JsonWriter json;
  write_candidates(json, orphan);
  return json.take();
}

std::string unmatched_json(const Orphan& orphan) {
  JsonWriter json;
  json.begin_object()
      .member("eventId", std::string_view(orphan.orphan_id))
      .member("orphanId", std::string_view(orphan.orphan_id))
      .member("operatorId", orphan.operator_id)
      .member("operatorMessageId", orphan.operator_message_id)
      .key("idCandidates");
  write_candidates(json, orphan);
  json.member_or_null("rawStat", orphan.raw_stat)
      .member("dlrStatus", orphan.status)
      .member("reason", orphan.reason)
      .member("attempts", std::int64_t{orphan.attempts})
      .member("receivedAt", std::string_view(rfc3339_ms(orphan.received_at_us)))
      .end_object();
  return json.take();
}

bool same_receipt(const StoredOrphan& stored, const Orphan& orphan) {
  return stored.operator_id == orphan.operator_id && stored.operator_message_id == orphan.operator_message_id &&
         stored.status == orphan.status && stored.raw_stat == orphan.raw_stat;
}

}  // namespace dlrgw::correlate
