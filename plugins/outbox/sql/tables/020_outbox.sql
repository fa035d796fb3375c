-- SPDX-License-Identifier: Apache-2.0
-- Events between their commit and their PubAck. The relay deletes what was acknowledged; ids are only an order, there is
-- no cursor, because they become visible out of order.
-- The key leads with the subject, so that the backlog of one subject without a stream is never read to get past it.
CREATE TABLE dlr.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY,
  event_id uuid NOT NULL,
  subject text COLLATE "C" NOT NULL,
  message_key text NOT NULL,
  payload json NOT NULL,
  headers json,  -- {"schema": …, "traceparent": …}; without a schema it is the subject and /1
  created_at timestamptz NOT NULL,
  PRIMARY KEY (subject, id));
ALTER TABLE dlr.outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
GRANT SELECT, DELETE ON dlr.outbox TO dlr_relay;
