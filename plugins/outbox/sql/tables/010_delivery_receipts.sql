-- SPDX-License-Identifier: Apache-2.0
-- One terminal row per message and segment, one per distinct intermediate raw status. The primary key is a safety net:
-- dedup.replay has decided under the message's lock that the row is new.
CREATE TABLE dlr.delivery_receipts (
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
  PRIMARY KEY (message_id, segment_index, state_key),
  CHECK ((state_key = 'T') = (dlr_status <> 'UNKNOWN')));
CREATE INDEX delivery_receipts_processed ON dlr.delivery_receipts USING brin (processed_at);

ALTER TABLE dlr.delivery_receipts ENABLE ROW LEVEL SECURITY;
ALTER TABLE dlr.delivery_receipts FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON dlr.delivery_receipts TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);
-- The portal view reads as its owner, and FORCE binds the owner too.
CREATE POLICY tenant_read ON dlr.delivery_receipts FOR SELECT TO dlr_owner, dlr_portal
  USING (account_id = NULLIF(current_setting('app.account_id', true), '')::uuid);
GRANT SELECT, DELETE ON dlr.delivery_receipts TO dlr_maint;
