-- SPDX-License-Identifier: Apache-2.0
-- Events between their commit and their PubAck. A row holds the events of one unit of work and subject, in the order of
-- emission, up to 256 KiB of them:
--   [{"id": "<Nats-Msg-Id>", "key": "<message id>", "payload": {…}}, …]
-- and "schema" where it is not the subject and /1, "traceparent" where there is one. The view dlr.outbox_events shows
-- them one by one. The relay deletes a row once all its events are acknowledged; if only some are, it puts the rest back
-- under the same id in the transaction that deletes it. Ids are only an order, there is no cursor, because they become
-- visible out of order.
-- The key leads with the subject, so that the backlog of one subject without a stream is never read to get past it.
CREATE TABLE dlr.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY,
  created_at timestamptz NOT NULL,
  event_count integer NOT NULL CHECK (event_count > 0),
  subject text COLLATE "C" NOT NULL,
  events json COMPRESSION lz4 NOT NULL,
  PRIMARY KEY (subject, id));
ALTER TABLE dlr.outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
                            toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 20000);
GRANT SELECT, INSERT, DELETE ON dlr.outbox TO dlr_relay;
