// SPDX-License-Identifier: Apache-2.0
#include "orphan_reader.hpp"

namespace dlrgw::correlate {
namespace {

constexpr std::string_view kColumns = R"(
SELECT o.orphan_id, o.received_at, o.operator_id, o.operator_message_id, o.id_candidates::text, o.raw_stat, o.dlr_status,
       o.dlr_timestamp, o.reason, o.attempts, o.event_id, o.fingerprint, o.raw_payload,
       s.method, s.outcome, s.message_id, s.actor, s.resolved_at
FROM dlrgw_rows r )";

constexpr std::string_view kWithResolution = R"(
LEFT JOIN dlr.orphan_resolutions s ON s.orphan_id = o.orphan_id )";

constexpr std::string_view kById = "JOIN dlr.orphan_dlrs o ON o.orphan_id = r.orphan_id";

// The bounds prune the partitions; the place inside them makes a page one range of the index.
constexpr std::string_view kRange = R"(
CROSS JOIN LATERAL (
  SELECT * FROM dlr.orphan_dlrs x
  WHERE x.received_at >= r.from_at AND x.received_at < r.to_at
    AND (r.operator_id IS NULL OR x.operator_id = r.operator_id) )";
constexpr std::string_view kBehind = R"(
    AND (x.received_at, x.orphan_id) > (r.beyond_at, r.beyond_id)
  ORDER BY x.received_at, x.orphan_id LIMIT r.max_rows) o )";
constexpr std::string_view kBefore = R"(
    AND (x.received_at, x.orphan_id) < (r.beyond_at, r.beyond_id)
  ORDER BY x.received_at DESC, x.orphan_id DESC LIMIT r.max_rows) o )";

constexpr std::string_view kResolution = R"(
SELECT s.method, s.outcome, s.message_id, s.actor, s.resolved_at
FROM dlrgw_rows r JOIN dlr.orphan_resolutions s ON s.orphan_id = r.orphan_id)";

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

constexpr std::string_view kNilUuid = "00000000-0000-0000-0000-000000000000";
constexpr std::uint32_t kResolutionColumn = 13;

std::optional<OrphanResolution> resolution_at(const SqlResult& result, std::uint32_t row, std::uint32_t first) {
  if (result.is_null(row, first)) return std::nullopt;
  return OrphanResolution{std::string(result.text(row, first)), std::string(result.text(row, first + 1)),
                          std::string(result.text(row, first + 2)), std::string(result.text(row, first + 3)),
                          result.time_us(row, first + 4).value_or(0)};
}

OrphanRecord record_at(const SqlResult& result, std::uint32_t row) {
  OrphanRecord out;
  out.orphan_id = result.text(row, 0);
  out.received_at_us = result.time_us(row, 1).value_or(0);
  out.operator_id = result.text(row, 2);
  out.operator_message_id = result.text(row, 3);
  out.id_candidates = result.text(row, 4);
  out.raw_stat = result.text(row, 5);
  out.status = result.text(row, 6);
  out.dlr_timestamp_us = result.time_us(row, 7);
  out.reason = result.text(row, 8);
  out.attempts = result.integer(row, 9);
  out.event_id = result.text(row, 10);
  out.fingerprint = result.bytes(row, 11);
  out.payload = result.bytes(row, 12);
  out.resolution = resolution_at(result, row, kResolutionColumn);
  return out;
}

}  // namespace

OrphanPlace first_place(std::int64_t received_at_us) { return {received_at_us, std::string(kNilUuid)}; }

OrphanReader::OrphanReader(Host host) {
  using enum SqlType;
  const Sql sql(host);
  by_id_ = sql.query("orphan_by_id", joined({kColumns, kById, kWithResolution, "LIMIT 1"}), {{"orphan_id", kUuid}});
  resolution_ = sql.query("orphan_resolution", kResolution, {{"orphan_id", kUuid}});
  const auto page = [&](std::string_view name, std::string_view text) {
    return sql.query(name, text,
                     {{"from_at", kTime},
                      {"to_at", kTime},
                      {"beyond_at", kTime},
                      {"beyond_id", kUuid},
                      {"operator_id", kText},
                      {"max_rows", kInt}});
  };
  oldest_first_ = page("orphans_oldest_first",
                       joined({kColumns, kRange, kBehind, kWithResolution, "ORDER BY o.received_at, o.orphan_id"}));
  newest_first_ =
      page("orphans_newest_first",
           joined({kColumns, kRange, kBefore, kWithResolution, "ORDER BY o.received_at DESC, o.orphan_id DESC"}));
}

std::optional<OrphanRecord> OrphanReader::by_id(const UnitOfWork& work, std::string_view orphan_id) const {
  work.add(by_id_, 0, {SqlValue::uuid(orphan_id)});
  const SqlResult result = work.query(by_id_);
  return result.rows() == 0 ? std::nullopt : std::optional(record_at(result, 0));
}

std::optional<OrphanResolution> OrphanReader::resolution(const UnitOfWork& work, std::string_view orphan_id) const {
  work.add(resolution_, 0, {SqlValue::uuid(orphan_id)});
  const SqlResult result = work.query(resolution_);
  return result.rows() == 0 ? std::nullopt : resolution_at(result, 0, 0);
}

std::vector<OrphanRecord> OrphanReader::oldest_first(const UnitOfWork& work, const OrphanPage& page) const {
  return read(work, oldest_first_, page);
}

std::vector<OrphanRecord> OrphanReader::newest_first(const UnitOfWork& work, const OrphanPage& page) const {
  return read(work, newest_first_, page);
}

std::vector<OrphanRecord> OrphanReader::read(const UnitOfWork& work, SqlStatement statement, const OrphanPage& page) {
  work.add(
      statement, 0,
      {SqlValue::time(page.from_us), SqlValue::time(page.to_us), SqlValue::time(page.beyond.received_at_us),
       SqlValue::uuid(page.beyond.orphan_id), SqlValue::text_or_null(page.operator_id), SqlValue::integer(page.limit)});
  const SqlResult result = work.query(statement);
  std::vector<OrphanRecord> out;
  out.reserve(result.rows());
  for (std::uint32_t row = 0; row < result.rows(); ++row) out.push_back(record_at(result, row));
  return out;
}

}  // namespace dlrgw::correlate
