-- SPDX-License-Identifier: Apache-2.0
-- Deliveries that could not be decoded (invalid), that a stage refused (rejected), or that wait until what is in their way
-- is gone (held: in flight, not an outcome): each stored once, whatever redelivers.
CREATE TABLE dlr.invalid_dlrs (
  stream_identity text NOT NULL, stream_seq bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('invalid','rejected','held')), reason text NOT NULL, detail text,
  stage text, plugin text, operator_id text, event_id uuid,
  received_at timestamptz NOT NULL, payload bytea NOT NULL,
  message_id uuid,                                           -- held: where it was known by then
  stream_time timestamptz,                                   -- held: when JetStream stored it, the "now" of its judgement
  PRIMARY KEY (stream_identity, stream_seq));
GRANT SELECT, DELETE ON dlr.invalid_dlrs TO dlr_maint;
CREATE INDEX invalid_dlrs_held ON dlr.invalid_dlrs (stream_identity, stream_seq) WHERE kind = 'held';
CREATE INDEX invalid_dlrs_held_message ON dlr.invalid_dlrs (message_id) WHERE kind = 'held';

-- Ends the hold of one receipt, in the transaction that settles it: true for the one caller who finds it still held. The
-- service may do this one deletion and no other.
CREATE FUNCTION dlr.release_held(identity text, seq bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$
  WITH gone AS (DELETE FROM dlr.invalid_dlrs WHERE stream_identity = identity AND stream_seq = seq AND kind = 'held' RETURNING 1)
  SELECT EXISTS (SELECT FROM gone) $$;
REVOKE ALL ON FUNCTION dlr.release_held(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dlr.release_held(text, bigint) TO dlr_svc;
