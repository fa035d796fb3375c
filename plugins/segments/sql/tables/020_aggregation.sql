-- SPDX-License-Identifier: Apache-2.0
-- Messages whose first receipt did not end them: of several segments, or an intermediate one. Until when the others are
-- waited for, and what the message's rows are filed under meanwhile, whatever becomes of its submit time. Rows stay until
-- the sweep has seen them past their deadline.
CREATE TABLE dlr.aggregation_open (
  message_id uuid PRIMARY KEY,
  filed_under timestamptz NOT NULL,
  account_id uuid NOT NULL,
  operator_id text NOT NULL,
  connector_id text,  -- of the first receipt; its profile may say that one receipt stands for all
  deadline timestamptz NOT NULL);
CREATE INDEX aggregation_open_deadline ON dlr.aggregation_open (deadline, message_id);
GRANT SELECT, DELETE ON dlr.aggregation_open TO dlr_maint;

-- The publish-once row of a message of several segments. filed_under: as in dlr.delivery_receipts.
CREATE TABLE dlr.message_aggregates (
  filed_under timestamptz NOT NULL,
  message_id uuid NOT NULL,
  account_id uuid NOT NULL,
  operator_id text NOT NULL,
  status text NOT NULL,
  expected smallint NOT NULL,
  received smallint NOT NULL,
  delivered smallint NOT NULL,
  reason text NOT NULL CHECK (reason IN ('complete', 'grace_expired', 'single')),
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (filed_under, message_id)) PARTITION BY RANGE (filed_under);
CREATE INDEX message_aggregates_decided ON dlr.message_aggregates USING brin (decided_at) WITH (autosummarize = on);
GRANT SELECT, DELETE ON dlr.message_aggregates TO dlr_maint;

CREATE TABLE dlr.message_aggregates_undated PARTITION OF dlr.message_aggregates FOR VALUES FROM (MINVALUE) TO ('2000-01-01 00:00:00+00');
CREATE TABLE dlr.message_aggregates_default PARTITION OF dlr.message_aggregates DEFAULT;
SELECT dlr.guard_partition('dlr.message_aggregates', 'dlr.message_aggregates_undated');
SELECT dlr.guard_partition('dlr.message_aggregates', 'dlr.message_aggregates_default');

CREATE FUNCTION dlr.make_aggregate_partitions(from_month date, months int) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$ SELECT dlr.make_months('message_aggregates', from_month, months) $$;
CREATE FUNCTION dlr.drop_aggregate_month(before timestamptz) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$ SELECT dlr.drop_month('message_aggregates', 'decided_at', before) $$;
REVOKE ALL ON FUNCTION dlr.make_aggregate_partitions(date, int), dlr.drop_aggregate_month(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dlr.make_aggregate_partitions(date, int), dlr.drop_aggregate_month(timestamptz) TO dlr_maint;
SELECT dlr.make_aggregate_partitions((date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month')::date, 5);
