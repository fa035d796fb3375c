-- SPDX-License-Identifier: Apache-2.0
-- Receipts that came after their segment or message was decided. Late rows are history: they count as receipts when a
-- further copy is judged.
CREATE TABLE dlr.late_dlrs (
  late_id uuid PRIMARY KEY,
  message_id uuid NOT NULL,
  account_id uuid NOT NULL,
  segment_index smallint NOT NULL,
  operator_id text NOT NULL,
  operator_message_id text NOT NULL,
  prior_status text,
  prior_at timestamptz,
  dlr_status text NOT NULL,
  raw_stat text,  -- trimmed, upper case; state:N without a raw status
  kind text NOT NULL CHECK (kind IN ('terminal_conflict', 'transient', 'after_partial', 'superseded_attempt')),
  dlr_timestamp timestamptz,
  received_at timestamptz NOT NULL,
  event_id uuid NOT NULL,
  fingerprint bytea NOT NULL,
  raw_payload bytea NOT NULL,
  UNIQUE (event_id, fingerprint));
CREATE INDEX late_dlrs_message ON dlr.late_dlrs (message_id);
GRANT SELECT, DELETE ON dlr.late_dlrs TO dlr_maint;
