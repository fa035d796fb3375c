// SPDX-License-Identifier: Apache-2.0
// World::add_history: stored receipts whatever columns and keys the table has.
#include <map>
#include <stdexcept>

#include "bench/load.hpp"
#include "bench/world.hpp"

namespace dlrgw::bench {
namespace {

constexpr const char* kTable = "dlr.delivery_receipts";
constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kRowsPerInsert = 100'000;

// What each column holds of receipt n of `total`. Ids and times ascend together, so that loading is quick under either
// key; what is measured afterwards has ids all over the range.
std::map<std::string, std::string> contents(std::int64_t total) {
  const std::string time =
      "now() - interval '2 hours' - interval '28 days' * (1 - n::float8 / " + std::to_string(total) + ")";
  const std::string id = "'8' || lpad(n::text, 12, '0')";
  return {{"message_id", "(lpad(to_hex((n::float8 / " + std::to_string(total) +
                             " * 4294967295)::bigint), 8, '0') || substr(md5('old message ' || n), 9))::uuid"},
          {"segment_index", "1"},
          {"state_key", "'T'"},
          {"account_id", "md5('dlr-bench account ' || n % 100)::uuid"},
          {"operator_id", "'" + std::string(kOperator) + "'"},
          {"operator_message_id", id},
          {"dlr_status", "'DELIVERED'"},
          {"raw_stat", "'DELIVRD'"},
          {"error_code", "'000'"},
          {"dlr_timestamp", time},
          {"submitted_at", time},
          {"filed_under", time},
          {"received_at", time},
          {"processed_at", time},
          {"event_id", "md5('old receipt ' || n)::uuid"},
          {"fingerprint", "uuid_send(md5('fingerprint ' || n)::uuid) || uuid_send(md5('more ' || n)::uuid)"},
          {"flags", "''"},
          {"raw_payload",
           "convert_to(replace('" + receipt_json(1) + "', '" + operator_message_id(1) + "', " + id + "), 'UTF8')"}};
}

}  // namespace

void World::add_history(const std::string& name, int millions, Progress& progress) {
  Pg db(admin_dsn(name));
  const std::int64_t total = millions * kMillion;
  const auto known = contents(total);
  std::string columns;
  std::string values;
  const PgResult table =
      db.exec(std::string("SELECT attname, attnotnull AND NOT atthasdef FROM pg_attribute WHERE attnum > 0 AND NOT "
                          "attisdropped AND attidentity = '' AND attgenerated = '' AND attrelid = '") +
              kTable + "'::regclass ORDER BY attnum");
  for (int row = 0; row < table.rows(); ++row) {
    const std::string column = table.text(row, 0);
    const auto content = known.find(column);
    if (content == known.end() && table.text(row, 1) == "t")
      throw std::runtime_error(std::string(kTable) + "." + column +
                               ": the bench does not know what stored receipts "
                               "have there; say so in tests/bench/history.cpp");
    if (content == known.end()) continue;
    columns += (columns.empty() ? "" : ", ") + column;
    values += (values.empty() ? "" : ", ") + content->second;
  }
  progress.step("loading stored receipts");
  for (std::int64_t first = 0; first < total; first += kRowsPerInsert) {
    db.exec(std::string("INSERT INTO ") + kTable + " (" + columns + ") SELECT " + values + " FROM generate_series(" +
            std::to_string(first) + ", " + std::to_string(first + kRowsPerInsert - 1) + ") n");
    progress.show(std::to_string(first + kRowsPerInsert) + " of " + std::to_string(total));
  }
  db.exec(std::string("VACUUM (FREEZE, ANALYZE) ") + kTable);
  checkpoint();
}

}  // namespace dlrgw::bench
