-- SPDX-License-Identifier: Apache-2.0
-- Receipts that belong to no message, what became of them later, and the months that were archived.
CREATE TABLE dlr.orphan_dlrs (
  orphan_id uuid NOT NULL,                 -- UUIDv5 of the receipt's event id
  received_at timestamptz NOT NULL,
  operator_id text NOT NULL,
  operator_message_id text NOT NULL,       -- as received
  id_candidates jsonb NOT NULL,            -- array of text in the order in which they were tried
  raw_stat text,
  dlr_status text NOT NULL CHECK (dlr_status IN ('DELIVERED','FAILED','UNDELIVERED','EXPIRED','REJECTED','UNKNOWN')),
  dlr_timestamp timestamptz,
  reason text NOT NULL CHECK (reason IN ('no_correlation','ambiguous_correlation','message_missing')),
  attempts smallint NOT NULL CHECK (attempts > 0),
  event_id uuid NOT NULL,
  fingerprint bytea NOT NULL,
  raw_payload bytea NOT NULL,
  connector_id text,                       -- where the operator's ids are unique on one connector only, else NULL
  PRIMARY KEY (orphan_id, received_at)) PARTITION BY RANGE (received_at);
CREATE INDEX orphan_dlrs_operator ON dlr.orphan_dlrs (operator_id, operator_message_id);
CREATE INDEX orphan_dlrs_received ON dlr.orphan_dlrs (received_at, orphan_id);  -- pages in the order of time
GRANT SELECT ON dlr.orphan_dlrs TO dlr_maint;
-- Must stay empty: rows here mean that a month's partition was not made in time.
CREATE TABLE dlr.orphan_dlrs_default PARTITION OF dlr.orphan_dlrs DEFAULT;
SELECT dlr.guard_partition('dlr.orphan_dlrs', 'dlr.orphan_dlrs_default');

CREATE TABLE dlr.orphan_resolutions (
  orphan_id uuid PRIMARY KEY,
  message_id uuid,
  method text NOT NULL CHECK (method IN ('recorrelated','manual','redelivered')),
  outcome text NOT NULL,
  actor text,
  resolved_at timestamptz NOT NULL);

CREATE TABLE dlr.orphan_archives (
  month date NOT NULL,
  object_key text NOT NULL,
  rows bigint NOT NULL,
  sha256 bytea NOT NULL,
  archived_at timestamptz NOT NULL,
  PRIMARY KEY (month, object_key));  -- rows that came after their month was archived make another object of it

-- Partitions are made and dropped by functions of the owner, so that dlr_maint needs no DDL rights.
CREATE FUNCTION dlr.make_orphan_partitions(from_month date, months int) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$ SELECT dlr.make_months('orphan_dlrs', from_month, months) $$;

-- Refuses when the partition holds another number of rows than the archive. Counting holds up only who writes into this
-- month; the parent is locked for the drop alone, and before the partition as its readers do, so that none can deadlock.
CREATE FUNCTION dlr.drop_orphan_partition(month date, expected_rows bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$
DECLARE n bigint; part text := 'orphan_dlrs_' || to_char(month, 'YYYY_MM');
BEGIN
  EXECUTE format('LOCK TABLE dlr.%I IN SHARE MODE', part);
  EXECUTE format('SELECT count(*) FROM dlr.%I', part) INTO n;
  IF n IS DISTINCT FROM expected_rows THEN
    RAISE EXCEPTION 'partition % holds % rows, the archive %: not dropped', part, n, expected_rows;
  END IF;
  LOCK TABLE ONLY dlr.orphan_dlrs IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('DROP TABLE dlr.%I', part);
END $$;

REVOKE ALL ON FUNCTION dlr.make_orphan_partitions(date, int), dlr.drop_orphan_partition(date, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dlr.make_orphan_partitions(date, int), dlr.drop_orphan_partition(date, bigint) TO dlr_maint;
GRANT SELECT, DELETE ON dlr.orphan_resolutions TO dlr_maint;
GRANT SELECT, INSERT ON dlr.orphan_archives TO dlr_maint;

-- Last month, this one and three ahead, by the calendar of the day of the migration.
SELECT dlr.make_orphan_partitions((date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month')::date, 5);
