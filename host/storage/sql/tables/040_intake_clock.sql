-- SPDX-License-Identifier: Apache-2.0
-- What each host knew of the intake, every few seconds: the newest receipt that it had settled (its sequence and the time
-- when the stream stored it), and of the consumer, everything up to which sequence is settled and whether nothing waits.
-- A deadline is compared with the time of the newest receipt at or below that sequence, never with the clock on the wall.
CREATE TABLE dlr.intake_clock (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance text NOT NULL,
  stream_identity text NOT NULL,
  looked_at timestamptz NOT NULL,  -- before the consumer was asked
  ack_floor bigint NOT NULL,
  idle boolean NOT NULL,  -- nothing pending, nothing unacknowledged
  settled_seq bigint,
  settled_at timestamptz);
CREATE INDEX intake_clock_settled ON dlr.intake_clock (stream_identity, settled_seq);
GRANT SELECT, DELETE ON dlr.intake_clock TO dlr_maint;
-- Messages with a receipt that is held are not ended by their deadline.
CREATE INDEX invalid_dlrs_held_operator ON dlr.invalid_dlrs (operator_id, received_at) WHERE kind = 'held';
