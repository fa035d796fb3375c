// SPDX-License-Identifier: Apache-2.0
#include "outbox_reader.hpp"

#include <utility>

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
constexpr std::string_view kNotLeftAlone =
    "x.id <> ALL (ARRAY(SELECT json_array_elements_text(p.without_ids)::bigint FROM dlrgw_rows p))";

// The first rows that the condition lets through, until they hold 512 events.
std::string rows_where(std::string_view condition, std::string_view most_rows) {
  return std::string(
             "(SELECT b.id, b.events FROM (SELECT a.id, a.events, sum(a.event_count) OVER (ORDER BY a.id) - "
             "a.event_count AS ahead ")
      .append("FROM (SELECT x.id, x.event_count, x.events FROM dlr.outbox x WHERE ")
      .append(condition)
      .append(" AND ")
      .append(kNotLeftAlone)
      .append(" ORDER BY x.id LIMIT ")
      .append(most_rows)
      .append(") a) b WHERE b.ahead < 512 ORDER BY b.id) o");
}

std::string select_all() {
  return std::string(kSubjects) + "\nSELECT o.id, s.subject, o.events::text FROM subjects s CROSS JOIN LATERAL " +
         rows_where("x.subject = s.subject", "512") + std::string(kNotFailing);
}

std::string select_after() {
  return "SELECT o.id, r.subject, o.events::text FROM dlrgw_rows r CROSS JOIN LATERAL " +
         rows_where("x.subject = r.subject AND x.id > r.after_id", "r.most_rows");
}

// Names every column that one row is read by, and unpacks none: what fails here as well is no row's fault.
std::string select_heads() {
  return std::string(kSubjects) + R"(
SELECT o.id, s.subject FROM subjects s CROSS JOIN LATERAL (SELECT x.id FROM dlr.outbox x WHERE x.subject = s.subject AND
x.events IS NOT NULL AND )" +
         std::string(kNotLeftAlone) + " ORDER BY x.id LIMIT 64) o" + std::string(kNotFailing);
}

constexpr std::string_view kSelectOne = R"(
SELECT o.id, o.subject, o.events::text FROM dlrgw_rows r JOIN dlr.outbox o ON o.subject = r.subject AND o.id = r.id)";

template <class List>
std::string json_list(const List& values) {
  JsonWriter json;
  json.begin_array();
  for (const auto& value : values) json.value(value);
  return json.end_array().take();
}

void append_rows(const SqlResult& result, OutboxFound& out) {
  for (std::uint32_t i = 0; i < result.rows(); ++i) {
    OutboxRow row{result.integer(i, 0), std::string(result.text(i, 1)), std::string(result.text(i, 2)), {}};
    auto events = read_events(row.text);  // an array with events is too long to lie in the string itself: it stays put
    if (events) {
      row.events = std::move(*events);
      out.rows.push_back(std::move(row));
    } else {
      out.unreadable.push_back({row.id, std::move(row.subject), "it holds no events"});
    }
  }
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
                         {"most_rows", SqlType::kInt},
                         {"without_ids", SqlType::kJson}})),
      heads_(sql_.query("select_heads", select_heads(),
                        {{"without_subjects", SqlType::kJson}, {"without_ids", SqlType::kJson}})),
      one_(sql_.query("select_one", kSelectOne, {{"subject", SqlType::kText}, {"id", SqlType::kInt}})) {}

OutboxFound OutboxReader::oldest(const OutboxLook& look) {
  OutboxFound found;
  const OwnUnitOfWork work = sql_.open(kRelayPool);
  const std::int64_t began_us = clock_.monotonic_us();  // waiting for a session is no part of the look
  const bool whole = floors_.whole_look_due(began_us);
  const std::string without = json_list(look.without);
  if (whole) {
    work.add(all_, 0, {SqlValue::json(json_list(look.failing)), SqlValue::json(without)});
    append_rows(work.query(all_), found);
    floors_.whole_look_done(began_us, clock_.monotonic_us());
  }
  bool any = false;
  const auto from = [&](std::string_view subject, std::int64_t id, std::size_t most_rows) {
    work.add(after_, 0,
             {SqlValue::text(subject), SqlValue::integer(id), SqlValue::integer(static_cast<std::int64_t>(most_rows)),
              SqlValue::json(any ? "[]" : without)});
    any = true;
  };
  for (const std::string& subject : look.probes) from(subject, 0, 1);
  if (!whole)
    for (const auto& [subject, id] : floors_.after(look.failing)) from(subject, id, kMostOfSubject);
  if (any) append_rows(work.query(after_), found);
  return found;
}

std::vector<OutboxFound::Unreadable> OutboxReader::heads(const OutboxLook& look) {
  const OwnUnitOfWork work = sql_.open(kRelayPool);
  work.add(heads_, 0, {SqlValue::json(json_list(look.failing)), SqlValue::json(json_list(look.without))});
  const SqlResult result = work.query(heads_);
  std::vector<OutboxFound::Unreadable> out(result.rows());
  for (std::uint32_t i = 0; i < result.rows(); ++i) out[i] = {result.integer(i, 0), std::string(result.text(i, 1)), {}};
  return out;
}

OutboxFound OutboxReader::oldest_one_by_one(const OutboxLook& look) {
  OutboxFound out;
  for (OutboxFound::Unreadable& head : heads(look)) {
    if (read_one(head, out)) continue;
    (void)heads(look);  // throws when it is not this row
    // Whoever ended the session in between has no row's fault to show either: it is tried once more.
    if (!read_one(head, out)) out.unreadable.push_back(std::move(head));
  }
  return out;
}

bool OutboxReader::read_one(OutboxFound::Unreadable& head, OutboxFound& out) {
  try {
    const OwnUnitOfWork work = sql_.open(kRelayPool);
    work.add(one_, 0, {SqlValue::text(head.subject), SqlValue::integer(head.id)});
    append_rows(work.query(one_), out);
    return true;
  } catch (const Error& e) {
    head.why = e.what();
    return false;
  }
}

}  // namespace dlrgw::outbox
