-- Events between their commit and their acknowledgement, and what was submitted by hand.
CREATE TABLE dlr.acme_outlet (
  event_id uuid PRIMARY KEY, subject text NOT NULL, message_key text NOT NULL, schema text NOT NULL,
  traceparent text NOT NULL, payload json NOT NULL);
GRANT SELECT, DELETE ON dlr.acme_outlet TO dlr_relay;
CREATE TABLE dlr.acme_submissions (id text PRIMARY KEY, outcome text NOT NULL);
