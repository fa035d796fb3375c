-- SPDX-License-Identifier: Apache-2.0
-- Deliveries that could not be decoded (invalid) or that a stage refused (rejected): each stored once, whatever redelivers.
CREATE TABLE dlr.invalid_dlrs (
  stream_identity text NOT NULL, stream_seq bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('invalid','rejected')), reason text NOT NULL, detail text,
  stage text, plugin text, operator_id text, event_id uuid,
  received_at timestamptz NOT NULL, payload bytea NOT NULL,
  PRIMARY KEY (stream_identity, stream_seq));
GRANT SELECT, DELETE ON dlr.invalid_dlrs TO dlr_maint;
