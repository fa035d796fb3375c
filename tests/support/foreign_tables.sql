-- SPDX-License-Identifier: Apache-2.0
-- The tables of other services that the gateway reads (and, four columns of sms_messages, updates).
-- Created here for tests and the demo only: in production the orchestrator and the SMPP connector own them.
CREATE SCHEMA IF NOT EXISTS orch;
CREATE SCHEMA IF NOT EXISTS smpp;

CREATE TABLE IF NOT EXISTS orch.sms_messages (
  message_id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  operator_id text NOT NULL,
  to_addr text NOT NULL,
  from_addr text NOT NULL,
  client_ref text,
  segment_count smallint NOT NULL DEFAULT 1,
  status text NOT NULL,
  dlr_status text,
  dlr_received_at timestamptz,
  processed_at timestamptz,
  submitted_at timestamptz NOT NULL
) WITH (fillfactor = 80);  -- room for HOT updates

CREATE TABLE IF NOT EXISTS smpp.message_correlations (
  operator_id text NOT NULL,
  operator_message_id text NOT NULL,
  message_id uuid NOT NULL,
  segment_index smallint NOT NULL DEFAULT 1,
  total_segments smallint NOT NULL DEFAULT 1,
  dlr_requested boolean NOT NULL DEFAULT true,
  connector_id text NOT NULL DEFAULT '',
  submitted_at timestamptz NOT NULL,
  PRIMARY KEY (operator_id, operator_message_id, submitted_at)
);
-- Not part of the key: how the gateway finds the other submits of a message.
CREATE INDEX IF NOT EXISTS message_correlations_message ON smpp.message_correlations (message_id);
