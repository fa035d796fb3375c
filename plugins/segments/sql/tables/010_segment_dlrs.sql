-- SPDX-License-Identifier: Apache-2.0
-- The segments of messages that have several. Append only: a terminal row ('T') outranks the intermediate ones ('~RAW').
-- late: came after the message was decided; shown, counted nowhere. filed_under: as in dlr.delivery_receipts.
CREATE TABLE dlr.segment_dlrs (
  filed_under timestamptz NOT NULL,
  message_id uuid NOT NULL,
  segment_index smallint NOT NULL CHECK (segment_index BETWEEN 1 AND 255),
  state_key text NOT NULL,
  total_segments smallint NOT NULL,
  account_id uuid NOT NULL,
  status text NOT NULL,
  error_code text,
  network_error_code text,
  late boolean NOT NULL DEFAULT false,
  received_at timestamptz NOT NULL,
  occurred_at timestamptz NOT NULL,  -- the operator's time, else received_at
  PRIMARY KEY (filed_under, message_id, segment_index, state_key)) PARTITION BY RANGE (filed_under);
CREATE INDEX segment_dlrs_received ON dlr.segment_dlrs USING brin (received_at) WITH (autosummarize = on);

ALTER TABLE dlr.segment_dlrs ENABLE ROW LEVEL SECURITY;
ALTER TABLE dlr.segment_dlrs FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON dlr.segment_dlrs TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);
-- The portal view reads as its owner, and FORCE binds the owner too: without this every segment would show PENDING.
CREATE POLICY tenant_read ON dlr.segment_dlrs FOR SELECT TO dlr_owner, dlr_portal
  USING (account_id = NULLIF(current_setting('app.account_id', true), '')::uuid);
GRANT SELECT, DELETE ON dlr.segment_dlrs TO dlr_maint;

-- Messages without a submit time that can be one; and what must stay empty.
CREATE TABLE dlr.segment_dlrs_undated PARTITION OF dlr.segment_dlrs FOR VALUES FROM (MINVALUE) TO ('2000-01-01 00:00:00+00');
CREATE TABLE dlr.segment_dlrs_default PARTITION OF dlr.segment_dlrs DEFAULT;
SELECT dlr.guard_partition('dlr.segment_dlrs', 'dlr.segment_dlrs_undated');
SELECT dlr.guard_partition('dlr.segment_dlrs', 'dlr.segment_dlrs_default');

CREATE FUNCTION dlr.make_segment_partitions(from_month date, months int) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$ SELECT dlr.make_months('segment_dlrs', from_month, months) $$;
CREATE FUNCTION dlr.drop_segment_month(before timestamptz) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$ SELECT dlr.drop_month('segment_dlrs', 'received_at', before) $$;
REVOKE ALL ON FUNCTION dlr.make_segment_partitions(date, int), dlr.drop_segment_month(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dlr.make_segment_partitions(date, int), dlr.drop_segment_month(timestamptz) TO dlr_maint;
SELECT dlr.make_segment_partitions((date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month')::date, 5);
