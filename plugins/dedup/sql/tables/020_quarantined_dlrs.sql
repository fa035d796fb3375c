-- SPDX-License-Identifier: Apache-2.0
-- Stale replays, held back until somebody decides. payload is for reading (what jsonb refuses is replaced), payload_raw
-- holds the bytes as they came.
CREATE TABLE dlr.quarantined_dlrs (
  id uuid PRIMARY KEY,
  operator_id text NOT NULL,
  operator_message_id text NOT NULL,
  message_id uuid NOT NULL,
  account_id uuid NOT NULL,
  dlr_status text NOT NULL,
  dlr_timestamp timestamptz,
  terminal_at timestamptz,
  received_at timestamptz NOT NULL,
  payload jsonb NOT NULL,
  payload_raw bytea NOT NULL,
  fingerprint bytea NOT NULL,
  event_id uuid NOT NULL,
  UNIQUE (event_id, fingerprint));
CREATE INDEX quarantined_dlrs_message ON dlr.quarantined_dlrs (message_id);
CREATE INDEX quarantined_dlrs_operator ON dlr.quarantined_dlrs (operator_id, received_at);
GRANT SELECT, DELETE ON dlr.quarantined_dlrs TO dlr_maint;

-- One decision per quarantined row, for ever: nobody may update or delete.
CREATE TABLE dlr.quarantine_actions (
  quarantine_id uuid PRIMARY KEY,
  action text NOT NULL CHECK (action IN ('release', 'discard')),
  actor text NOT NULL,
  reason text,
  result text NOT NULL,
  acted_at timestamptz NOT NULL);
GRANT INSERT ON dlr.quarantine_actions TO dlr_admin;
