-- SPDX-License-Identifier: Apache-2.0
-- The segments of messages that have several. Append only: a terminal row ('T') outranks the intermediate ones ('~RAW').
-- late: came after the message was decided; shown, counted nowhere.
CREATE TABLE dlr.segment_dlrs (
  message_id uuid NOT NULL,
  segment_index smallint NOT NULL CHECK (segment_index BETWEEN 1 AND 255),
  state_key text NOT NULL,
  total_segments smallint NOT NULL,
  account_id uuid NOT NULL,
  status text NOT NULL,
  error_code text,
  network_error_code text,
  late boolean NOT NULL DEFAULT false,
  received_at timestamptz NOT NULL,
  occurred_at timestamptz NOT NULL,  -- the operator's time, else received_at
  PRIMARY KEY (message_id, segment_index, state_key));
CREATE INDEX segment_dlrs_received ON dlr.segment_dlrs USING brin (received_at);

ALTER TABLE dlr.segment_dlrs ENABLE ROW LEVEL SECURITY;
ALTER TABLE dlr.segment_dlrs FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON dlr.segment_dlrs TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);
-- The portal view reads as its owner, and FORCE binds the owner too: without this every segment would show PENDING.
CREATE POLICY tenant_read ON dlr.segment_dlrs FOR SELECT TO dlr_owner, dlr_portal
  USING (account_id = NULLIF(current_setting('app.account_id', true), '')::uuid);
GRANT SELECT, DELETE ON dlr.segment_dlrs TO dlr_maint;
