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
-- Must stay empty: rows here mean that a month's partition was not made in time.
CREATE TABLE dlr.orphan_dlrs_default PARTITION OF dlr.orphan_dlrs DEFAULT;

CREATE TABLE dlr.orphan_resolutions (
  orphan_id uuid PRIMARY KEY,
  message_id uuid,
  method text NOT NULL CHECK (method IN ('recorrelated','manual','redelivered')),
  outcome text NOT NULL,
  actor text,
  resolved_at timestamptz NOT NULL);

CREATE TABLE dlr.orphan_archives (
  month date PRIMARY KEY,
  object_key text NOT NULL,
  rows bigint NOT NULL,
  sha256 bytea NOT NULL,
  archived_at timestamptz NOT NULL);

-- Partitions are made and dropped by functions of the owner, so that dlr_maint needs no DDL rights.
-- Answers how many partitions were made. A month whose rows already went to the default partition gets them back.
CREATE FUNCTION dlr.make_orphan_partitions(from_month date, months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$
DECLARE m date; part text; lower_bound timestamptz; upper_bound timestamptz; made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('dlr.make_orphan_partitions', 0));
  FOR i IN 0 .. months - 1 LOOP
    m := (date_trunc('month', from_month::timestamp) + make_interval(months => i))::date;
    part := 'orphan_dlrs_' || to_char(m, 'YYYY_MM');
    CONTINUE WHEN to_regclass('dlr.' || part) IS NOT NULL;
    lower_bound := m::timestamp AT TIME ZONE 'UTC';
    upper_bound := (m + interval '1 month') AT TIME ZONE 'UTC';
    IF EXISTS (SELECT FROM dlr.orphan_dlrs_default WHERE received_at >= lower_bound AND received_at < upper_bound) THEN
      EXECUTE format('CREATE TABLE dlr.%I (LIKE dlr.orphan_dlrs INCLUDING ALL)', part);
      EXECUTE format('WITH moved AS (DELETE FROM dlr.orphan_dlrs_default WHERE received_at >= %L AND received_at < %L RETURNING *)
                      INSERT INTO dlr.%I SELECT * FROM moved', lower_bound, upper_bound, part);
      EXECUTE format('ALTER TABLE dlr.orphan_dlrs ATTACH PARTITION dlr.%I FOR VALUES FROM (%L) TO (%L)', part, lower_bound, upper_bound);
    ELSE
      EXECUTE format('CREATE TABLE dlr.%I PARTITION OF dlr.orphan_dlrs FOR VALUES FROM (%L) TO (%L)', part, lower_bound, upper_bound);
    END IF;
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- Refuses when the partition holds another number of rows than the archive.
CREATE FUNCTION dlr.drop_orphan_partition(month date, expected_rows bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$
DECLARE n bigint; part text := 'orphan_dlrs_' || to_char(month, 'YYYY_MM');
BEGIN
  EXECUTE format('LOCK TABLE dlr.%I IN ACCESS EXCLUSIVE MODE', part);
  EXECUTE format('SELECT count(*) FROM dlr.%I', part) INTO n;
  IF n IS DISTINCT FROM expected_rows THEN
    RAISE EXCEPTION 'partition % holds % rows, the archive %: not dropped', part, n, expected_rows;
  END IF;
  EXECUTE format('DROP TABLE dlr.%I', part);
END $$;

REVOKE ALL ON FUNCTION dlr.make_orphan_partitions(date, int), dlr.drop_orphan_partition(date, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dlr.make_orphan_partitions(date, int), dlr.drop_orphan_partition(date, bigint) TO dlr_maint;
GRANT SELECT ON dlr.orphan_dlrs TO dlr_maint;
GRANT SELECT, INSERT ON dlr.orphan_archives TO dlr_maint;

-- Last month, this one and three ahead, by the calendar of the day of the migration.
SELECT dlr.make_orphan_partitions((date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month')::date, 5);
