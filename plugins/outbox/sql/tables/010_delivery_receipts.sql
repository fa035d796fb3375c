-- SPDX-License-Identifier: Apache-2.0
-- One terminal row per message and segment, one per distinct intermediate raw status. The primary key is a safety net:
-- dedup.replay has decided under the message's lock that the row is new.
-- filed_under leads it, so that new rows land at the right edge of the index however many there are, and whole months can
-- go. It is the same for all rows of a message: docs/decisions/filed-under-the-submit-time.md.
CREATE TABLE dlr.delivery_receipts (
  filed_under timestamptz NOT NULL,
  message_id uuid NOT NULL,
  segment_index smallint NOT NULL,
  state_key text NOT NULL,  -- 'T' terminal, '~RAW' intermediate
  account_id uuid NOT NULL,
  operator_id text NOT NULL,
  operator_message_id text NOT NULL,
  dlr_status text NOT NULL CHECK (dlr_status IN ('DELIVERED', 'FAILED', 'UNDELIVERED', 'EXPIRED', 'REJECTED', 'UNKNOWN')),
  raw_stat text NOT NULL DEFAULT '',
  error_code text,
  network_error_code text,
  dlr_timestamp timestamptz,
  received_at timestamptz NOT NULL,
  processed_at timestamptz NOT NULL,
  event_id uuid NOT NULL,
  fingerprint bytea NOT NULL,
  plugin text,
  plugin_version text,
  flags text NOT NULL DEFAULT '',
  raw_payload bytea NOT NULL,
  PRIMARY KEY (filed_under, message_id, segment_index, state_key),
  CHECK ((state_key = 'T') = (dlr_status <> 'UNKNOWN'))) PARTITION BY RANGE (filed_under);
CREATE INDEX delivery_receipts_processed ON dlr.delivery_receipts USING brin (processed_at) WITH (autosummarize = on);

ALTER TABLE dlr.delivery_receipts ENABLE ROW LEVEL SECURITY;
ALTER TABLE dlr.delivery_receipts FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON dlr.delivery_receipts TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);
-- The portal view reads as its owner, and FORCE binds the owner too.
CREATE POLICY tenant_read ON dlr.delivery_receipts FOR SELECT TO dlr_owner, dlr_portal
  USING (account_id = NULLIF(current_setting('app.account_id', true), '')::uuid);
GRANT SELECT, DELETE ON dlr.delivery_receipts TO dlr_maint;

-- Messages without a submit time that can be one. Their rows are deleted by age; those of months go with their month.
CREATE TABLE dlr.delivery_receipts_undated PARTITION OF dlr.delivery_receipts FOR VALUES FROM (MINVALUE) TO ('2000-01-01 00:00:00+00');
-- Must stay empty: rows here mean that a month's partition was not made in time.
CREATE TABLE dlr.delivery_receipts_default PARTITION OF dlr.delivery_receipts DEFAULT;
SELECT dlr.guard_partition('dlr.delivery_receipts', 'dlr.delivery_receipts_undated');
SELECT dlr.guard_partition('dlr.delivery_receipts', 'dlr.delivery_receipts_default');

CREATE FUNCTION dlr.make_receipt_partitions(from_month date, months int) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$ SELECT dlr.make_months('delivery_receipts', from_month, months) $$;
CREATE FUNCTION dlr.drop_receipt_month(before timestamptz) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$ SELECT dlr.drop_month('delivery_receipts', 'processed_at', before) $$;
REVOKE ALL ON FUNCTION dlr.make_receipt_partitions(date, int), dlr.drop_receipt_month(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dlr.make_receipt_partitions(date, int), dlr.drop_receipt_month(timestamptz) TO dlr_maint;

-- Last month, this one and three ahead, by the calendar of the day of the migration.
SELECT dlr.make_receipt_partitions((date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month')::date, 5);
