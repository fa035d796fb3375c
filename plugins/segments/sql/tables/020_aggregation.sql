-- SPDX-License-Identifier: Apache-2.0
-- Messages of several segments that wait for the others, and until when. Rows stay until the sweep has seen them decided.
CREATE TABLE dlr.aggregation_open (
  message_id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  operator_id text NOT NULL,
  connector_id text,  -- of the first receipt; its profile may say that one receipt stands for all
  deadline timestamptz NOT NULL);
CREATE INDEX aggregation_open_deadline ON dlr.aggregation_open (deadline, message_id);
GRANT SELECT, DELETE ON dlr.aggregation_open TO dlr_maint;

-- The publish-once row of a message of several segments.
CREATE TABLE dlr.message_aggregates (
  message_id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  operator_id text NOT NULL,
  status text NOT NULL,
  expected smallint NOT NULL,
  received smallint NOT NULL,
  delivered smallint NOT NULL,
  reason text NOT NULL CHECK (reason IN ('complete', 'grace_expired', 'single')),
  decided_at timestamptz NOT NULL);
GRANT SELECT, DELETE ON dlr.message_aggregates TO dlr_maint;
