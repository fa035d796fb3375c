// SPDX-License-Identifier: Apache-2.0
#include "outbox_reader.hpp"

#include "event_headers.hpp"

namespace dlrgw::outbox {
namespace {

// Hops from subject to subject through the index; the subjects that back off are left out whole.
constexpr std::string_view kSubjects = R"(
WITH RECURSIVE subjects AS (
  (SELECT o.subject FROM dlr.outbox o ORDER BY o.subject LIMIT 1)
  UNION ALL
  SELECT (SELECT o.subject FROM dlr.outbox o WHERE o.subject > s.subject ORDER BY o.subject LIMIT 1)
  FROM subjects s WHERE s.subject IS NOT NULL))";
constexpr std::string_view kNotFailing = R"(
WHERE s.subject <> ALL (ARRAY(SELECT json_array_elements_text(r.without_subjects) FROM dlrgw_rows r)))";
// Uncorrelated, so that it is made once.
constexpr std::string_view kNotParked =
    "id <> ALL (ARRAY(SELECT json_array_elements_text(p.without_ids)::bigint FROM dlrgw_rows p))";

std::string select_all() {
  return std::string(kSubjects) + R"(
SELECT o.id, o.event_id, s.subject, o.headers->>'schema', o.headers->>'traceparent', o.payload::text
FROM subjects s CROSS JOIN LATERAL
     (SELECT id, event_id, headers, payload FROM dlr.outbox WHERE subject = s.subject AND )" +
         std::string(kNotParked) + " ORDER BY id LIMIT 512) o" + std::string(kNotFailing);
}

std::string select_after() {
  return R"(
SELECT o.id, o.event_id, r.subject, o.headers->>'schema', o.headers->>'traceparent', o.payload::text
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT id, event_id, headers, payload FROM dlr.outbox WHERE subject = r.subject AND id > r.after_id AND )" +
         std::string(kNotParked) + " ORDER BY id LIMIT r.most) o";
}

std::string select_heads() {
  return std::string(kSubjects) + R"(
SELECT o.id, o.event_id, s.subject
FROM subjects s CROSS JOIN LATERAL
     (SELECT id, event_id FROM dlr.outbox WHERE subject = s.subject AND )" +
         std::string(kNotParked) + " ORDER BY id LIMIT 64) o" + std::string(kNotFailing);
}

constexpr std::string_view kSelectOne = R"(
SELECT o.id, o.event_id, o.subject, o.headers->>'schema', o.headers->>'traceparent', o.payload::text
FROM dlrgw_rows r JOIN dlr.outbox o ON o.subject = r.subject AND o.id = r.id)";

template <class List>
std::string json_list(const List& values) {
  JsonWriter json;
  json.begin_array();
  for (const auto& value : values) json.value(value);
  return json.end_array().take();
}

}  // namespace

OutboxReader::OutboxReader(Host host)
    : clock_(host),
      sql_(host),
      all_(sql_.query("select_all", select_all(),
                      {{"without_subjects", SqlType::kJson}, {"without_ids", SqlType::kJson}})),
      after_(sql_.query("select_after", select_after(),
                        {{"subject", SqlType::kText},
                         {"after_id", SqlType::kInt},
                         {"most", SqlType::kInt},
                         {"without_ids", SqlType::kJson}})),
      heads_(sql_.query("select_heads", select_heads(),
                        {{"without_subjects", SqlType::kJson}, {"without_ids", SqlType::kJson}})),
      one_(sql_.query("select_one", kSelectOne, {{"subject", SqlType::kText}, {"id", SqlType::kInt}})) {}

std::vector<OutboxRow> OutboxReader::oldest(const OutboxLook& look) {
  const std::int64_t began_us = clock_.monotonic_us();
  const bool whole = floors_.whole_look_due(began_us);
  std::vector<OutboxRow> rows;
  const OwnUnitOfWork work = sql_.open(kRelayPool);
  std::string parked = json_list(look.parked);
  if (whole) {
    work.add(all_, 0, {SqlValue::json(json_list(look.failing)), SqlValue::json(parked)});
    append_rows(work.query(all_), rows);
    floors_.whole_look_done(began_us, clock_.monotonic_us());
  }
  bool any = false;
  const auto from = [&](std::string_view subject, std::int64_t id, std::size_t most) {
    work.add(after_, 0,
             {SqlValue::text(subject), SqlValue::integer(id), SqlValue::integer(static_cast<std::int64_t>(most)),
              SqlValue::json(any ? "[]" : parked)});
    any = true;
  };
  for (const std::string& subject : look.probes) from(subject, 0, 1);
  if (!whole)
    for (const auto& [subject, id] : floors_.after(look.failing)) from(subject, id, kMostOfSubject);
  if (any) append_rows(work.query(after_), rows);
  return rows;
}

std::vector<OutboxReader::Unreadable> OutboxReader::heads(const OutboxLook& look) {
  const OwnUnitOfWork work = sql_.open(kRelayPool);
  work.add(heads_, 0, {SqlValue::json(json_list(look.failing)), SqlValue::json(json_list(look.parked))});
  const SqlResult result = work.query(heads_);
  std::vector<Unreadable> out(result.rows());
  for (std::uint32_t i = 0; i < result.rows(); ++i)
    out[i] = {result.integer(i, 0), std::string(result.text(i, 1)), std::string(result.text(i, 2))};
  return out;
}

OutboxReader::OneByOne OutboxReader::oldest_one_by_one(const OutboxLook& look) {
  OneByOne out;
  for (Unreadable& head : heads(look)) {
    try {
      const OwnUnitOfWork work = sql_.open(kRelayPool);
      work.add(one_, 0, {SqlValue::text(head.subject), SqlValue::integer(head.id)});
      append_rows(work.query(one_), out.rows);
    } catch (const Error&) {
      (void)heads(look);  // throws when it is not this row
      out.unreadable.push_back(std::move(head));
    }
  }
  return out;
}

void OutboxReader::append_rows(const SqlResult& result, std::vector<OutboxRow>& out) {
  for (std::uint32_t i = 0; i < result.rows(); ++i) {
    OutboxRow& row = out.emplace_back();
    row.id = result.integer(i, 0);
    row.event_id = result.text(i, 1);
    row.subject = result.text(i, 2);
    row.schema = result.is_null(i, 3) ? default_schema(row.subject) : std::string(result.text(i, 3));
    row.traceparent = result.text(i, 4);
    row.payload = result.text(i, 5);
  }
}

}  // namespace dlrgw::outbox
