// SPDX-License-Identifier: Apache-2.0
#include "bench/bare/store.hpp"

#include <stdexcept>

#include "bench/bare/binary_array.hpp"
#include "bench/bare/events.hpp"
#include "bench/load.hpp"

namespace dlrgw::bench {
namespace {

constexpr const char* kTables = R"(
CREATE SCHEMA bench;
CREATE TABLE bench.receipts (
  submitted_at timestamptz, message_id uuid, segment_index smallint, state_key text, account_id uuid, operator_id text,
  operator_message_id text, dlr_status text, raw_stat text, error_code text, network_error_code text,
  dlr_timestamp timestamptz, received_at timestamptz, processed_at timestamptz, event_id uuid, fingerprint bytea,
  plugin text, plugin_version text, flags text, raw_payload bytea,
  PRIMARY KEY (submitted_at, message_id, segment_index, state_key));
CREATE TABLE bench.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, subject text NOT NULL, events text COMPRESSION lz4 NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()))";

// As the gateway's pool `svc`: everything is keyed, and a plan made for small tables must not outlive them.
constexpr const char* kSettings = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

constexpr const char* kStore = R"(
WITH r AS (SELECT * FROM unnest($1::text[], $2::uuid[], $3::bytea[]) AS u(operator_message_id, event_id, payload)),
found AS MATERIALIZED (
  SELECT r.*, c.message_id, c.segment_index, c.operator_id, m.account_id, m.submitted_at
  FROM r JOIN smpp.message_correlations c
         ON c.operator_id = $4::text AND c.operator_message_id = r.operator_message_id
       JOIN orch.sms_messages m ON m.message_id = c.message_id),
receipts AS (
  INSERT INTO bench.receipts
  SELECT submitted_at, message_id, segment_index, 'T', account_id, operator_id, operator_message_id, 'DELIVERED',
         'DELIVRD', '000', NULL, now(), now(), now(), event_id, uuid_send(event_id) || uuid_send(message_id), NULL,
         NULL, '', payload
  FROM found RETURNING 1),
messages AS (
  UPDATE orch.sms_messages m SET status = 'DELIVERED', dlr_status = 'DELIVERED', dlr_received_at = now(),
         processed_at = now() FROM found f WHERE m.message_id = f.message_id),
events AS (
  INSERT INTO bench.outbox (subject, events) SELECT * FROM unnest($5::text[], $6::text[]) RETURNING id)
SELECT id, (SELECT count(*) FROM receipts) AS stored FROM events)";

constexpr const char* kRemove = "DELETE FROM bench.outbox WHERE id = ANY ($1::bigint[])";

}  // namespace

void create_bare_tables(Pg& db) { db.exec(kTables); }

BareStore::BareStore(const std::string& conninfo) : pg_(conninfo) {
  pg_.exec(kSettings);
  pg_.prepare("store", kStore);
  pg_.prepare("remove", kRemove);
}

void BareStore::store(BareBatch& batch) {
  BinaryArray ids(kText), event_ids(kUuid), payloads(kBytea), subjects(kText), events(kText);
  for (std::size_t i = 0; i < batch.numbers.size(); ++i) {
    ids.add(operator_message_id(batch.numbers[i]));
    event_ids.add(receipt_event_uuid(batch.numbers[i]));
    payloads.add(batch.payloads[i]);
  }
  for (std::size_t i = 0; i < kEventSubjects.size(); ++i) {
    subjects.add(kEventSubjects[i]);
    events.add(batch.events[i]);
  }
  const PgResult stored = pg_.execute(
      "store", {ids.bytes(), event_ids.bytes(), payloads.bytes(), kOperator, subjects.bytes(), events.bytes()});
  for (int row = 0; row < stored.rows(); ++row) {
    if (stored.text(row, 1) != std::to_string(batch.numbers.size()))
      throw std::runtime_error("of " + std::to_string(batch.numbers.size()) + " receipts " + stored.text(row, 1) +
                               " were found");
    batch.outbox_rows.push_back(std::stoll(stored.text(row, 0)));
  }
}

void BareStore::remove(const std::vector<std::int64_t>& outbox_rows) {
  BinaryArray ids(kBigint);
  for (const std::int64_t id : outbox_rows) ids.add(id);
  pg_.execute("remove", {ids.bytes()});
}

}  // namespace dlrgw::bench
