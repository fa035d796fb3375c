-- SPDX-License-Identifier: Apache-2.0
-- Written by tests/schema/refresh.
--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: dlr; Type: SCHEMA; Schema: -; Owner: dlr_owner
--

CREATE SCHEMA dlr;


ALTER SCHEMA dlr OWNER TO dlr_owner;

--
-- Name: drop_aggregate_month(timestamp with time zone); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.drop_aggregate_month(before timestamp with time zone) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'dlr', 'pg_temp'
    AS $$ SELECT dlr.drop_month('message_aggregates', 'decided_at', before) $$;


ALTER FUNCTION dlr.drop_aggregate_month(before timestamp with time zone) OWNER TO dlr_owner;

--
-- Name: drop_month(text, name, timestamp with time zone); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.drop_month(parent text, time_column name, before timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'dlr', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $_$
DECLARE root regclass := format('dlr.%I', parent); part record; young boolean; look text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('dlr.months ' || parent, 0));
  FOR part IN
    SELECT c.oid::regclass AS id, c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = root AND c.relname ~ ('^' || parent || '_\d{4}_\d{2}$')
      AND (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= before
    ORDER BY c.relname
  LOOP
    look := format('SELECT EXISTS (SELECT FROM %s WHERE %I >= $1)', part.id, time_column);
    EXECUTE look INTO young USING before;
    CONTINUE WHEN young;
    EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', root);
    EXECUTE look INTO young USING before;
    CONTINUE WHEN young;
    EXECUTE format('DROP TABLE %s', part.id);
    RETURN part.name;
  END LOOP;
  RETURN NULL;
END $_$;


ALTER FUNCTION dlr.drop_month(parent text, time_column name, before timestamp with time zone) OWNER TO dlr_owner;

--
-- Name: drop_orphan_partition(date, bigint); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.drop_orphan_partition(month date, expected_rows bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'dlr', 'pg_temp'
    AS $$
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


ALTER FUNCTION dlr.drop_orphan_partition(month date, expected_rows bigint) OWNER TO dlr_owner;

--
-- Name: drop_receipt_month(timestamp with time zone); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.drop_receipt_month(before timestamp with time zone) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'dlr', 'pg_temp'
    AS $$ SELECT dlr.drop_month('delivery_receipts', 'processed_at', before) $$;


ALTER FUNCTION dlr.drop_receipt_month(before timestamp with time zone) OWNER TO dlr_owner;

--
-- Name: drop_segment_month(timestamp with time zone); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.drop_segment_month(before timestamp with time zone) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'dlr', 'pg_temp'
    AS $$ SELECT dlr.drop_month('segment_dlrs', 'received_at', before) $$;


ALTER FUNCTION dlr.drop_segment_month(before timestamp with time zone) OWNER TO dlr_owner;

--
-- Name: guard_partition(regclass, regclass); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.guard_partition(parent regclass, part regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'dlr', 'pg_temp'
    AS $$
DECLARE statement text;
BEGIN
  FOR statement IN
    SELECT format('REVOKE ALL ON TABLE %s FROM %s', part, g.role::text)
    FROM (SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS role
          FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = part AND a.grantee <> c.relowner) g
    UNION ALL
    SELECT format('GRANT %s ON TABLE %s TO %s', a.privilege_type, part,
                  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
    FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = parent AND a.grantee <> c.relowner
    UNION ALL
    SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', part) FROM pg_class WHERE oid = parent AND relrowsecurity
    UNION ALL
    SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, part,
                  CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                  CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                  (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE r::regrole::text END, ', ') FROM unnest(p.polroles) r))
           || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
           || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
    FROM pg_policy p WHERE p.polrelid = parent
  LOOP
    EXECUTE statement;
  END LOOP;
END $$;


ALTER FUNCTION dlr.guard_partition(parent regclass, part regclass) OWNER TO dlr_owner;

--
-- Name: json_time(timestamp with time zone); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.json_time(at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT CASE WHEN isfinite(at) THEN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END $$;


ALTER FUNCTION dlr.json_time(at timestamp with time zone) OWNER TO dlr_owner;

--
-- Name: make_aggregate_partitions(date, integer); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.make_aggregate_partitions(from_month date, months integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'dlr', 'pg_temp'
    AS $$ SELECT dlr.make_months('message_aggregates', from_month, months) $$;


ALTER FUNCTION dlr.make_aggregate_partitions(from_month date, months integer) OWNER TO dlr_owner;

--
-- Name: make_months(text, date, integer); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.make_months(parent text, from_month date, months integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'dlr', 'pg_temp'
    AS $_$
DECLARE
  root regclass := format('dlr.%I', parent);
  rest regclass; key name; m date; part text; lower_bound timestamptz; upper_bound timestamptz; made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('dlr.months ' || parent, 0));
  SELECT p.partdefid::regclass, a.attname INTO STRICT rest, key
  FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
  WHERE p.partrelid = root;
  FOR i IN 0 .. months - 1 LOOP
    m := (date_trunc('month', from_month::timestamp) + make_interval(months => i))::date;
    part := parent || to_char(m, '_YYYY_MM');
    CONTINUE WHEN to_regclass(format('dlr.%I', part)) IS NOT NULL;
    lower_bound := m::timestamp AT TIME ZONE 'UTC';
    upper_bound := (m + interval '1 month') AT TIME ZONE 'UTC';
    EXECUTE format('CREATE TABLE dlr.%I (LIKE %s INCLUDING ALL)', part, root);
    PERFORM dlr.guard_partition(root, format('dlr.%I', part)::regclass);
    EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', root);
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', rest);
    EXECUTE format('WITH moved AS (DELETE FROM %1$s WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *)
                    INSERT INTO dlr.%5$I SELECT * FROM moved', rest, key, lower_bound, upper_bound, part);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION dlr.%I FOR VALUES FROM (%L) TO (%L)', root, part, lower_bound, upper_bound);
    made := made + 1;
  END LOOP;
  RETURN made;
END $_$;


ALTER FUNCTION dlr.make_months(parent text, from_month date, months integer) OWNER TO dlr_owner;

--
-- Name: make_orphan_partitions(date, integer); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.make_orphan_partitions(from_month date, months integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'dlr', 'pg_temp'
    AS $$ SELECT dlr.make_months('orphan_dlrs', from_month, months) $$;


ALTER FUNCTION dlr.make_orphan_partitions(from_month date, months integer) OWNER TO dlr_owner;

--
-- Name: make_receipt_partitions(date, integer); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.make_receipt_partitions(from_month date, months integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'dlr', 'pg_temp'
    AS $$ SELECT dlr.make_months('delivery_receipts', from_month, months) $$;


ALTER FUNCTION dlr.make_receipt_partitions(from_month date, months integer) OWNER TO dlr_owner;

--
-- Name: make_segment_partitions(date, integer); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.make_segment_partitions(from_month date, months integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'dlr', 'pg_temp'
    AS $$ SELECT dlr.make_months('segment_dlrs', from_month, months) $$;


ALTER FUNCTION dlr.make_segment_partitions(from_month date, months integer) OWNER TO dlr_owner;

--
-- Name: portal_messages(); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.portal_messages() RETURNS TABLE(message_id uuid, status text, segment_count integer, submitted_at timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
  tenant uuid := NULLIF(current_setting('app.account_id', true), '');
  only_one uuid := NULLIF(current_setting('app.message_id', true), '');
BEGIN
  IF only_one IS NULL THEN
    RETURN QUERY SELECT m.message_id::uuid, m.status::text, LEAST(GREATEST(m.segment_count, 1), 255)::int, m.submitted_at::timestamptz
      FROM orch.sms_messages m WHERE m.account_id = tenant;
  ELSE
    RETURN QUERY SELECT m.message_id::uuid, m.status::text, LEAST(GREATEST(m.segment_count, 1), 255)::int, m.submitted_at::timestamptz
      FROM orch.sms_messages m WHERE m.message_id = only_one AND m.account_id = tenant;
  END IF;
END $$;


ALTER FUNCTION dlr.portal_messages() OWNER TO dlr_owner;

--
-- Name: release_held(text, bigint); Type: FUNCTION; Schema: dlr; Owner: dlr_owner
--

CREATE FUNCTION dlr.release_held(identity text, seq bigint) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'dlr', 'pg_temp'
    AS $$
  WITH gone AS (DELETE FROM dlr.invalid_dlrs WHERE stream_identity = identity AND stream_seq = seq AND kind = 'held' RETURNING 1)
  SELECT EXISTS (SELECT FROM gone) $$;


ALTER FUNCTION dlr.release_held(identity text, seq bigint) OWNER TO dlr_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: aggregation_open; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.aggregation_open (
    message_id uuid NOT NULL,
    filed_under timestamp with time zone NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    connector_id text,
    deadline timestamp with time zone NOT NULL
);


ALTER TABLE dlr.aggregation_open OWNER TO dlr_owner;

--
-- Name: audit_log; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.audit_log (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    entity text NOT NULL,
    entity_id text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL
);


ALTER TABLE dlr.audit_log OWNER TO dlr_owner;

--
-- Name: audit_log_id_seq; Type: SEQUENCE; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME dlr.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: daily_operator_report; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.daily_operator_report (
    report_date date NOT NULL,
    operator_id text NOT NULL,
    received bigint NOT NULL,
    quarantined bigint NOT NULL,
    late bigint NOT NULL,
    orphaned bigint NOT NULL,
    duplicates bigint NOT NULL,
    replay_rate numeric(9,6) NOT NULL,
    flagged boolean NOT NULL,
    created_at timestamp with time zone NOT NULL
);


ALTER TABLE dlr.daily_operator_report OWNER TO dlr_owner;

--
-- Name: delivery_receipts; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.delivery_receipts (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    dlr_status text NOT NULL,
    raw_stat text DEFAULT ''::text NOT NULL,
    error_code text,
    network_error_code text,
    dlr_timestamp timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    plugin text,
    plugin_version text,
    flags text DEFAULT ''::text NOT NULL,
    raw_payload bytea NOT NULL,
    CONSTRAINT delivery_receipts_check CHECK (((state_key = 'T'::text) = (dlr_status <> 'UNKNOWN'::text))),
    CONSTRAINT delivery_receipts_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text])))
)
PARTITION BY RANGE (filed_under);

ALTER TABLE ONLY dlr.delivery_receipts FORCE ROW LEVEL SECURITY;


ALTER TABLE dlr.delivery_receipts OWNER TO dlr_owner;

--
-- Name: delivery_receipts_2026_10; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.delivery_receipts_2026_10 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    dlr_status text NOT NULL,
    raw_stat text DEFAULT ''::text NOT NULL,
    error_code text,
    network_error_code text,
    dlr_timestamp timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    plugin text,
    plugin_version text,
    flags text DEFAULT ''::text NOT NULL,
    raw_payload bytea NOT NULL,
    CONSTRAINT delivery_receipts_check CHECK (((state_key = 'T'::text) = (dlr_status <> 'UNKNOWN'::text))),
    CONSTRAINT delivery_receipts_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text])))
);


ALTER TABLE dlr.delivery_receipts_2026_10 OWNER TO dlr_owner;

--
-- Name: delivery_receipts_2026_11; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.delivery_receipts_2026_11 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    dlr_status text NOT NULL,
    raw_stat text DEFAULT ''::text NOT NULL,
    error_code text,
    network_error_code text,
    dlr_timestamp timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    plugin text,
    plugin_version text,
    flags text DEFAULT ''::text NOT NULL,
    raw_payload bytea NOT NULL,
    CONSTRAINT delivery_receipts_check CHECK (((state_key = 'T'::text) = (dlr_status <> 'UNKNOWN'::text))),
    CONSTRAINT delivery_receipts_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text])))
);


ALTER TABLE dlr.delivery_receipts_2026_11 OWNER TO dlr_owner;

--
-- Name: delivery_receipts_2026_12; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.delivery_receipts_2026_12 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    dlr_status text NOT NULL,
    raw_stat text DEFAULT ''::text NOT NULL,
    error_code text,
    network_error_code text,
    dlr_timestamp timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    plugin text,
    plugin_version text,
    flags text DEFAULT ''::text NOT NULL,
    raw_payload bytea NOT NULL,
    CONSTRAINT delivery_receipts_check CHECK (((state_key = 'T'::text) = (dlr_status <> 'UNKNOWN'::text))),
    CONSTRAINT delivery_receipts_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text])))
);


ALTER TABLE dlr.delivery_receipts_2026_12 OWNER TO dlr_owner;

--
-- Name: delivery_receipts_2027_01; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.delivery_receipts_2027_01 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    dlr_status text NOT NULL,
    raw_stat text DEFAULT ''::text NOT NULL,
    error_code text,
    network_error_code text,
    dlr_timestamp timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    plugin text,
    plugin_version text,
    flags text DEFAULT ''::text NOT NULL,
    raw_payload bytea NOT NULL,
    CONSTRAINT delivery_receipts_check CHECK (((state_key = 'T'::text) = (dlr_status <> 'UNKNOWN'::text))),
    CONSTRAINT delivery_receipts_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text])))
);


ALTER TABLE dlr.delivery_receipts_2027_01 OWNER TO dlr_owner;

--
-- Name: delivery_receipts_2027_02; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.delivery_receipts_2027_02 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    dlr_status text NOT NULL,
    raw_stat text DEFAULT ''::text NOT NULL,
    error_code text,
    network_error_code text,
    dlr_timestamp timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    plugin text,
    plugin_version text,
    flags text DEFAULT ''::text NOT NULL,
    raw_payload bytea NOT NULL,
    CONSTRAINT delivery_receipts_check CHECK (((state_key = 'T'::text) = (dlr_status <> 'UNKNOWN'::text))),
    CONSTRAINT delivery_receipts_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text])))
);


ALTER TABLE dlr.delivery_receipts_2027_02 OWNER TO dlr_owner;

--
-- Name: delivery_receipts_default; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.delivery_receipts_default (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    dlr_status text NOT NULL,
    raw_stat text DEFAULT ''::text NOT NULL,
    error_code text,
    network_error_code text,
    dlr_timestamp timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    plugin text,
    plugin_version text,
    flags text DEFAULT ''::text NOT NULL,
    raw_payload bytea NOT NULL,
    CONSTRAINT delivery_receipts_check CHECK (((state_key = 'T'::text) = (dlr_status <> 'UNKNOWN'::text))),
    CONSTRAINT delivery_receipts_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text])))
);


ALTER TABLE dlr.delivery_receipts_default OWNER TO dlr_owner;

--
-- Name: delivery_receipts_undated; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.delivery_receipts_undated (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    dlr_status text NOT NULL,
    raw_stat text DEFAULT ''::text NOT NULL,
    error_code text,
    network_error_code text,
    dlr_timestamp timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    plugin text,
    plugin_version text,
    flags text DEFAULT ''::text NOT NULL,
    raw_payload bytea NOT NULL,
    CONSTRAINT delivery_receipts_check CHECK (((state_key = 'T'::text) = (dlr_status <> 'UNKNOWN'::text))),
    CONSTRAINT delivery_receipts_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text])))
);


ALTER TABLE dlr.delivery_receipts_undated OWNER TO dlr_owner;

--
-- Name: ingest_stats; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.ingest_stats (
    minute timestamp with time zone NOT NULL,
    operator_id text NOT NULL,
    outcome text NOT NULL,
    instance text NOT NULL,
    n bigint NOT NULL
);


ALTER TABLE dlr.ingest_stats OWNER TO dlr_owner;

--
-- Name: intake_clock; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.intake_clock (
    id bigint NOT NULL,
    instance text NOT NULL,
    stream_identity text NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    ack_floor bigint NOT NULL,
    idle boolean NOT NULL,
    settled_seq bigint,
    settled_at timestamp with time zone
);


ALTER TABLE dlr.intake_clock OWNER TO dlr_owner;

--
-- Name: intake_clock_id_seq; Type: SEQUENCE; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.intake_clock ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME dlr.intake_clock_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: invalid_dlrs; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.invalid_dlrs (
    stream_identity text NOT NULL,
    stream_seq bigint NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    detail text,
    stage text,
    plugin text,
    operator_id text,
    event_id uuid,
    received_at timestamp with time zone NOT NULL,
    payload bytea NOT NULL,
    message_id uuid,
    stream_time timestamp with time zone,
    CONSTRAINT invalid_dlrs_kind_check CHECK ((kind = ANY (ARRAY['invalid'::text, 'rejected'::text, 'held'::text])))
);


ALTER TABLE dlr.invalid_dlrs OWNER TO dlr_owner;

--
-- Name: late_dlrs; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.late_dlrs (
    late_id uuid NOT NULL,
    message_id uuid NOT NULL,
    account_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    prior_status text,
    prior_at timestamp with time zone,
    dlr_status text NOT NULL,
    raw_stat text,
    kind text NOT NULL,
    dlr_timestamp timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    raw_payload bytea NOT NULL,
    CONSTRAINT late_dlrs_kind_check CHECK ((kind = ANY (ARRAY['terminal_conflict'::text, 'transient'::text, 'after_partial'::text, 'superseded_attempt'::text])))
);


ALTER TABLE dlr.late_dlrs OWNER TO dlr_owner;

--
-- Name: message_aggregates; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.message_aggregates (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    status text NOT NULL,
    expected smallint NOT NULL,
    received smallint NOT NULL,
    delivered smallint NOT NULL,
    reason text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT message_aggregates_reason_check CHECK ((reason = ANY (ARRAY['complete'::text, 'grace_expired'::text, 'single'::text])))
)
PARTITION BY RANGE (filed_under);


ALTER TABLE dlr.message_aggregates OWNER TO dlr_owner;

--
-- Name: message_aggregates_2026_10; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.message_aggregates_2026_10 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    status text NOT NULL,
    expected smallint NOT NULL,
    received smallint NOT NULL,
    delivered smallint NOT NULL,
    reason text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT message_aggregates_reason_check CHECK ((reason = ANY (ARRAY['complete'::text, 'grace_expired'::text, 'single'::text])))
);


ALTER TABLE dlr.message_aggregates_2026_10 OWNER TO dlr_owner;

--
-- Name: message_aggregates_2026_11; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.message_aggregates_2026_11 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    status text NOT NULL,
    expected smallint NOT NULL,
    received smallint NOT NULL,
    delivered smallint NOT NULL,
    reason text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT message_aggregates_reason_check CHECK ((reason = ANY (ARRAY['complete'::text, 'grace_expired'::text, 'single'::text])))
);


ALTER TABLE dlr.message_aggregates_2026_11 OWNER TO dlr_owner;

--
-- Name: message_aggregates_2026_12; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.message_aggregates_2026_12 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    status text NOT NULL,
    expected smallint NOT NULL,
    received smallint NOT NULL,
    delivered smallint NOT NULL,
    reason text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT message_aggregates_reason_check CHECK ((reason = ANY (ARRAY['complete'::text, 'grace_expired'::text, 'single'::text])))
);


ALTER TABLE dlr.message_aggregates_2026_12 OWNER TO dlr_owner;

--
-- Name: message_aggregates_2027_01; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.message_aggregates_2027_01 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    status text NOT NULL,
    expected smallint NOT NULL,
    received smallint NOT NULL,
    delivered smallint NOT NULL,
    reason text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT message_aggregates_reason_check CHECK ((reason = ANY (ARRAY['complete'::text, 'grace_expired'::text, 'single'::text])))
);


ALTER TABLE dlr.message_aggregates_2027_01 OWNER TO dlr_owner;

--
-- Name: message_aggregates_2027_02; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.message_aggregates_2027_02 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    status text NOT NULL,
    expected smallint NOT NULL,
    received smallint NOT NULL,
    delivered smallint NOT NULL,
    reason text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT message_aggregates_reason_check CHECK ((reason = ANY (ARRAY['complete'::text, 'grace_expired'::text, 'single'::text])))
);


ALTER TABLE dlr.message_aggregates_2027_02 OWNER TO dlr_owner;

--
-- Name: message_aggregates_default; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.message_aggregates_default (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    status text NOT NULL,
    expected smallint NOT NULL,
    received smallint NOT NULL,
    delivered smallint NOT NULL,
    reason text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT message_aggregates_reason_check CHECK ((reason = ANY (ARRAY['complete'::text, 'grace_expired'::text, 'single'::text])))
);


ALTER TABLE dlr.message_aggregates_default OWNER TO dlr_owner;

--
-- Name: message_aggregates_undated; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.message_aggregates_undated (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    account_id uuid NOT NULL,
    operator_id text NOT NULL,
    status text NOT NULL,
    expected smallint NOT NULL,
    received smallint NOT NULL,
    delivered smallint NOT NULL,
    reason text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT message_aggregates_reason_check CHECK ((reason = ANY (ARRAY['complete'::text, 'grace_expired'::text, 'single'::text])))
);


ALTER TABLE dlr.message_aggregates_undated OWNER TO dlr_owner;

--
-- Name: orphan_archives; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.orphan_archives (
    month date NOT NULL,
    object_key text NOT NULL,
    rows bigint NOT NULL,
    sha256 bytea NOT NULL,
    archived_at timestamp with time zone NOT NULL
);


ALTER TABLE dlr.orphan_archives OWNER TO dlr_owner;

--
-- Name: orphan_dlrs; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.orphan_dlrs (
    orphan_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    id_candidates jsonb NOT NULL,
    raw_stat text,
    dlr_status text NOT NULL,
    dlr_timestamp timestamp with time zone,
    reason text NOT NULL,
    attempts smallint NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    raw_payload bytea NOT NULL,
    connector_id text,
    CONSTRAINT orphan_dlrs_attempts_check CHECK ((attempts > 0)),
    CONSTRAINT orphan_dlrs_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text]))),
    CONSTRAINT orphan_dlrs_reason_check CHECK ((reason = ANY (ARRAY['no_correlation'::text, 'ambiguous_correlation'::text, 'message_missing'::text])))
)
PARTITION BY RANGE (received_at);


ALTER TABLE dlr.orphan_dlrs OWNER TO dlr_owner;

--
-- Name: orphan_dlrs_2026_10; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.orphan_dlrs_2026_10 (
    orphan_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    id_candidates jsonb NOT NULL,
    raw_stat text,
    dlr_status text NOT NULL,
    dlr_timestamp timestamp with time zone,
    reason text NOT NULL,
    attempts smallint NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    raw_payload bytea NOT NULL,
    connector_id text,
    CONSTRAINT orphan_dlrs_attempts_check CHECK ((attempts > 0)),
    CONSTRAINT orphan_dlrs_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text]))),
    CONSTRAINT orphan_dlrs_reason_check CHECK ((reason = ANY (ARRAY['no_correlation'::text, 'ambiguous_correlation'::text, 'message_missing'::text])))
);


ALTER TABLE dlr.orphan_dlrs_2026_10 OWNER TO dlr_owner;

--
-- Name: orphan_dlrs_2026_11; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.orphan_dlrs_2026_11 (
    orphan_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    id_candidates jsonb NOT NULL,
    raw_stat text,
    dlr_status text NOT NULL,
    dlr_timestamp timestamp with time zone,
    reason text NOT NULL,
    attempts smallint NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    raw_payload bytea NOT NULL,
    connector_id text,
    CONSTRAINT orphan_dlrs_attempts_check CHECK ((attempts > 0)),
    CONSTRAINT orphan_dlrs_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text]))),
    CONSTRAINT orphan_dlrs_reason_check CHECK ((reason = ANY (ARRAY['no_correlation'::text, 'ambiguous_correlation'::text, 'message_missing'::text])))
);


ALTER TABLE dlr.orphan_dlrs_2026_11 OWNER TO dlr_owner;

--
-- Name: orphan_dlrs_2026_12; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.orphan_dlrs_2026_12 (
    orphan_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    id_candidates jsonb NOT NULL,
    raw_stat text,
    dlr_status text NOT NULL,
    dlr_timestamp timestamp with time zone,
    reason text NOT NULL,
    attempts smallint NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    raw_payload bytea NOT NULL,
    connector_id text,
    CONSTRAINT orphan_dlrs_attempts_check CHECK ((attempts > 0)),
    CONSTRAINT orphan_dlrs_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text]))),
    CONSTRAINT orphan_dlrs_reason_check CHECK ((reason = ANY (ARRAY['no_correlation'::text, 'ambiguous_correlation'::text, 'message_missing'::text])))
);


ALTER TABLE dlr.orphan_dlrs_2026_12 OWNER TO dlr_owner;

--
-- Name: orphan_dlrs_2027_01; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.orphan_dlrs_2027_01 (
    orphan_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    id_candidates jsonb NOT NULL,
    raw_stat text,
    dlr_status text NOT NULL,
    dlr_timestamp timestamp with time zone,
    reason text NOT NULL,
    attempts smallint NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    raw_payload bytea NOT NULL,
    connector_id text,
    CONSTRAINT orphan_dlrs_attempts_check CHECK ((attempts > 0)),
    CONSTRAINT orphan_dlrs_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text]))),
    CONSTRAINT orphan_dlrs_reason_check CHECK ((reason = ANY (ARRAY['no_correlation'::text, 'ambiguous_correlation'::text, 'message_missing'::text])))
);


ALTER TABLE dlr.orphan_dlrs_2027_01 OWNER TO dlr_owner;

--
-- Name: orphan_dlrs_2027_02; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.orphan_dlrs_2027_02 (
    orphan_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    id_candidates jsonb NOT NULL,
    raw_stat text,
    dlr_status text NOT NULL,
    dlr_timestamp timestamp with time zone,
    reason text NOT NULL,
    attempts smallint NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    raw_payload bytea NOT NULL,
    connector_id text,
    CONSTRAINT orphan_dlrs_attempts_check CHECK ((attempts > 0)),
    CONSTRAINT orphan_dlrs_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text]))),
    CONSTRAINT orphan_dlrs_reason_check CHECK ((reason = ANY (ARRAY['no_correlation'::text, 'ambiguous_correlation'::text, 'message_missing'::text])))
);


ALTER TABLE dlr.orphan_dlrs_2027_02 OWNER TO dlr_owner;

--
-- Name: orphan_dlrs_default; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.orphan_dlrs_default (
    orphan_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    id_candidates jsonb NOT NULL,
    raw_stat text,
    dlr_status text NOT NULL,
    dlr_timestamp timestamp with time zone,
    reason text NOT NULL,
    attempts smallint NOT NULL,
    event_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    raw_payload bytea NOT NULL,
    connector_id text,
    CONSTRAINT orphan_dlrs_attempts_check CHECK ((attempts > 0)),
    CONSTRAINT orphan_dlrs_dlr_status_check CHECK ((dlr_status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text, 'UNDELIVERED'::text, 'EXPIRED'::text, 'REJECTED'::text, 'UNKNOWN'::text]))),
    CONSTRAINT orphan_dlrs_reason_check CHECK ((reason = ANY (ARRAY['no_correlation'::text, 'ambiguous_correlation'::text, 'message_missing'::text])))
);


ALTER TABLE dlr.orphan_dlrs_default OWNER TO dlr_owner;

--
-- Name: orphan_resolutions; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.orphan_resolutions (
    orphan_id uuid NOT NULL,
    message_id uuid,
    method text NOT NULL,
    outcome text NOT NULL,
    actor text,
    resolved_at timestamp with time zone NOT NULL,
    CONSTRAINT orphan_resolutions_method_check CHECK ((method = ANY (ARRAY['recorrelated'::text, 'manual'::text, 'redelivered'::text])))
);


ALTER TABLE dlr.orphan_resolutions OWNER TO dlr_owner;

--
-- Name: orphaned_receipts; Type: VIEW; Schema: dlr; Owner: dlr_owner
--

CREATE VIEW dlr.orphaned_receipts WITH (security_invoker='true') AS
 SELECT orphan_dlrs.orphan_id AS id,
    orphan_dlrs.operator_id,
    orphan_dlrs.operator_message_id,
    orphan_dlrs.raw_stat,
    orphan_dlrs.raw_payload,
    orphan_dlrs.received_at
   FROM dlr.orphan_dlrs;


ALTER TABLE dlr.orphaned_receipts OWNER TO dlr_owner;

--
-- Name: outbox; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.outbox (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_count integer NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    events json NOT NULL,
    CONSTRAINT outbox_event_count_check CHECK ((event_count > 0))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', toast.autovacuum_vacuum_scale_factor='0', toast.autovacuum_vacuum_threshold='20000');
ALTER TABLE ONLY dlr.outbox ALTER COLUMN events SET COMPRESSION lz4;


ALTER TABLE dlr.outbox OWNER TO dlr_owner;

--
-- Name: outbox_events; Type: VIEW; Schema: dlr; Owner: dlr_owner
--

CREATE VIEW dlr.outbox_events WITH (security_invoker='true') AS
 SELECT o.id AS outbox_id,
    e.place,
    (e.event ->> 'id'::text) AS event_id,
    o.subject,
    (e.event ->> 'key'::text) AS message_key,
    (e.event -> 'payload'::text) AS payload,
    COALESCE((e.event ->> 'schema'::text), (o.subject || '/1'::text)) AS schema,
    (e.event ->> 'traceparent'::text) AS traceparent,
    o.created_at
   FROM (dlr.outbox o
     CROSS JOIN LATERAL json_array_elements(
        CASE
            WHEN ((json_typeof(o.events) = 'array'::text) AND (strpos((o.events)::text, '\u0000'::text) = 0)) THEN o.events
            ELSE '[]'::json
        END) WITH ORDINALITY e(event, place));


ALTER TABLE dlr.outbox_events OWNER TO dlr_owner;

--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME dlr.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: segment_dlrs; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.segment_dlrs (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    total_segments smallint NOT NULL,
    account_id uuid NOT NULL,
    status text NOT NULL,
    error_code text,
    network_error_code text,
    late boolean DEFAULT false NOT NULL,
    received_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT segment_dlrs_segment_index_check CHECK (((segment_index >= 1) AND (segment_index <= 255)))
)
PARTITION BY RANGE (filed_under);

ALTER TABLE ONLY dlr.segment_dlrs FORCE ROW LEVEL SECURITY;


ALTER TABLE dlr.segment_dlrs OWNER TO dlr_owner;

--
-- Name: portal_segments; Type: VIEW; Schema: dlr; Owner: dlr_owner
--

CREATE VIEW dlr.portal_segments WITH (security_barrier='true') AS
 SELECT m.message_id,
    m.status AS message_status,
    n.segment_count,
    (i.segment_index)::smallint AS segment_index,
    COALESCE(d.status, s.status, r.dlr_status, 'PENDING'::text) AS status,
        CASE
            WHEN (d.status IS NULL) THEN COALESCE(s.error_code, r.error_code)
            ELSE d.error_code
        END AS error_code,
    COALESCE(d.received_at, s.received_at, r.received_at) AS received_at,
    COALESCE((s.late AND (d.status IS NULL)), false) AS late
   FROM ((((((dlr.portal_messages() m(message_id, status, segment_count, submitted_at)
     CROSS JOIN LATERAL ( SELECT COALESCE(( SELECT o.filed_under
                   FROM dlr.aggregation_open o
                  WHERE (o.message_id = m.message_id)),
                CASE
                    WHEN ((m.submitted_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (m.submitted_at < '2100-01-01 00:00:00+00'::timestamp with time zone)) THEN m.submitted_at
                    ELSE '1970-01-01 00:00:00+00'::timestamp with time zone
                END) AS filed_under) f)
     CROSS JOIN LATERAL ( SELECT GREATEST(m.segment_count, (( SELECT max(x.total_segments) AS max
                   FROM dlr.segment_dlrs x
                  WHERE ((x.filed_under = f.filed_under) AND (x.message_id = m.message_id))))::integer) AS segment_count) n)
     CROSS JOIN LATERAL generate_series(1, n.segment_count) i(segment_index))
     LEFT JOIN LATERAL ( SELECT x.filed_under,
            x.message_id,
            x.segment_index,
            x.state_key,
            x.total_segments,
            x.account_id,
            x.status,
            x.error_code,
            x.network_error_code,
            x.late,
            x.received_at,
            x.occurred_at
           FROM dlr.segment_dlrs x
          WHERE ((x.filed_under = f.filed_under) AND (x.message_id = m.message_id) AND (x.segment_index = i.segment_index))
          ORDER BY (x.state_key = 'T'::text) DESC, x.received_at DESC
         LIMIT 1) s ON (true))
     LEFT JOIN LATERAL ( SELECT x.filed_under,
            x.message_id,
            x.segment_index,
            x.state_key,
            x.account_id,
            x.operator_id,
            x.operator_message_id,
            x.dlr_status,
            x.raw_stat,
            x.error_code,
            x.network_error_code,
            x.dlr_timestamp,
            x.received_at,
            x.processed_at,
            x.event_id,
            x.fingerprint,
            x.plugin,
            x.plugin_version,
            x.flags,
            x.raw_payload
           FROM dlr.delivery_receipts x
          WHERE ((n.segment_count = 1) AND (x.filed_under = f.filed_under) AND (x.message_id = m.message_id) AND (x.segment_index = i.segment_index))
          ORDER BY (x.state_key = 'T'::text) DESC, x.received_at DESC
         LIMIT 1) r ON (true))
     LEFT JOIN LATERAL ( SELECT x.status,
            x.error_code,
            x.received_at
           FROM dlr.segment_dlrs x
          WHERE ((x.filed_under = f.filed_under) AND (x.message_id = m.message_id) AND (x.state_key = 'T'::text) AND (NOT x.late) AND ((s.state_key IS DISTINCT FROM 'T'::text) OR s.late) AND (EXISTS ( SELECT
                   FROM dlr.message_aggregates a
                  WHERE ((a.filed_under = f.filed_under) AND (a.message_id = m.message_id) AND (a.reason = 'single'::text)))))
          ORDER BY x.received_at
         LIMIT 1) d ON (true));


ALTER TABLE dlr.portal_segments OWNER TO dlr_owner;

--
-- Name: quarantine_actions; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.quarantine_actions (
    quarantine_id uuid NOT NULL,
    action text NOT NULL,
    actor text NOT NULL,
    reason text,
    result text NOT NULL,
    acted_at timestamp with time zone NOT NULL,
    CONSTRAINT quarantine_actions_action_check CHECK ((action = ANY (ARRAY['release'::text, 'discard'::text])))
);


ALTER TABLE dlr.quarantine_actions OWNER TO dlr_owner;

--
-- Name: quarantined_dlrs; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.quarantined_dlrs (
    id uuid NOT NULL,
    operator_id text NOT NULL,
    operator_message_id text NOT NULL,
    message_id uuid NOT NULL,
    account_id uuid NOT NULL,
    dlr_status text NOT NULL,
    dlr_timestamp timestamp with time zone,
    terminal_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    payload jsonb NOT NULL,
    payload_raw bytea NOT NULL,
    fingerprint bytea NOT NULL,
    event_id uuid NOT NULL
);


ALTER TABLE dlr.quarantined_dlrs OWNER TO dlr_owner;

--
-- Name: rejected_resubmissions; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.rejected_resubmissions (
    stream_identity text NOT NULL,
    stream_seq bigint NOT NULL,
    outcome text NOT NULL,
    actor text NOT NULL,
    request_id uuid,
    resubmitted_at timestamp with time zone NOT NULL
);


ALTER TABLE dlr.rejected_resubmissions OWNER TO dlr_owner;

--
-- Name: resubmission_requests; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.resubmission_requests (
    id uuid NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    reason text,
    stage text,
    from_at timestamp with time zone,
    to_at timestamp with time zone NOT NULL,
    matching bigint NOT NULL
);


ALTER TABLE dlr.resubmission_requests OWNER TO dlr_owner;

--
-- Name: resubmission_steps; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.resubmission_steps (
    request_id uuid NOT NULL,
    step bigint NOT NULL,
    stream_identity text NOT NULL,
    stream_seq bigint NOT NULL,
    not_kept jsonb NOT NULL,
    finished boolean NOT NULL,
    ended_at timestamp with time zone NOT NULL
);


ALTER TABLE dlr.resubmission_steps OWNER TO dlr_owner;

--
-- Name: schema_migrations; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.schema_migrations (
    owner text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    sha256 text NOT NULL,
    version text NOT NULL,
    min_binary text NOT NULL,
    applied_at timestamp with time zone NOT NULL,
    CONSTRAINT schema_migrations_kind_check CHECK ((kind = ANY (ARRAY['tables'::text, 'views'::text])))
);


ALTER TABLE dlr.schema_migrations OWNER TO dlr_owner;

--
-- Name: segment_dlrs_2026_10; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.segment_dlrs_2026_10 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    total_segments smallint NOT NULL,
    account_id uuid NOT NULL,
    status text NOT NULL,
    error_code text,
    network_error_code text,
    late boolean DEFAULT false NOT NULL,
    received_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT segment_dlrs_segment_index_check CHECK (((segment_index >= 1) AND (segment_index <= 255)))
);


ALTER TABLE dlr.segment_dlrs_2026_10 OWNER TO dlr_owner;

--
-- Name: segment_dlrs_2026_11; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.segment_dlrs_2026_11 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    total_segments smallint NOT NULL,
    account_id uuid NOT NULL,
    status text NOT NULL,
    error_code text,
    network_error_code text,
    late boolean DEFAULT false NOT NULL,
    received_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT segment_dlrs_segment_index_check CHECK (((segment_index >= 1) AND (segment_index <= 255)))
);


ALTER TABLE dlr.segment_dlrs_2026_11 OWNER TO dlr_owner;

--
-- Name: segment_dlrs_2026_12; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.segment_dlrs_2026_12 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    total_segments smallint NOT NULL,
    account_id uuid NOT NULL,
    status text NOT NULL,
    error_code text,
    network_error_code text,
    late boolean DEFAULT false NOT NULL,
    received_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT segment_dlrs_segment_index_check CHECK (((segment_index >= 1) AND (segment_index <= 255)))
);


ALTER TABLE dlr.segment_dlrs_2026_12 OWNER TO dlr_owner;

--
-- Name: segment_dlrs_2027_01; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.segment_dlrs_2027_01 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    total_segments smallint NOT NULL,
    account_id uuid NOT NULL,
    status text NOT NULL,
    error_code text,
    network_error_code text,
    late boolean DEFAULT false NOT NULL,
    received_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT segment_dlrs_segment_index_check CHECK (((segment_index >= 1) AND (segment_index <= 255)))
);


ALTER TABLE dlr.segment_dlrs_2027_01 OWNER TO dlr_owner;

--
-- Name: segment_dlrs_2027_02; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.segment_dlrs_2027_02 (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    total_segments smallint NOT NULL,
    account_id uuid NOT NULL,
    status text NOT NULL,
    error_code text,
    network_error_code text,
    late boolean DEFAULT false NOT NULL,
    received_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT segment_dlrs_segment_index_check CHECK (((segment_index >= 1) AND (segment_index <= 255)))
);


ALTER TABLE dlr.segment_dlrs_2027_02 OWNER TO dlr_owner;

--
-- Name: segment_dlrs_default; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.segment_dlrs_default (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    total_segments smallint NOT NULL,
    account_id uuid NOT NULL,
    status text NOT NULL,
    error_code text,
    network_error_code text,
    late boolean DEFAULT false NOT NULL,
    received_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT segment_dlrs_segment_index_check CHECK (((segment_index >= 1) AND (segment_index <= 255)))
);


ALTER TABLE dlr.segment_dlrs_default OWNER TO dlr_owner;

--
-- Name: segment_dlrs_undated; Type: TABLE; Schema: dlr; Owner: dlr_owner
--

CREATE TABLE dlr.segment_dlrs_undated (
    filed_under timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    segment_index smallint NOT NULL,
    state_key text NOT NULL,
    total_segments smallint NOT NULL,
    account_id uuid NOT NULL,
    status text NOT NULL,
    error_code text,
    network_error_code text,
    late boolean DEFAULT false NOT NULL,
    received_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT segment_dlrs_segment_index_check CHECK (((segment_index >= 1) AND (segment_index <= 255)))
);


ALTER TABLE dlr.segment_dlrs_undated OWNER TO dlr_owner;

--
-- Name: delivery_receipts_2026_10; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts ATTACH PARTITION dlr.delivery_receipts_2026_10 FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-11-01 00:00:00+00');


--
-- Name: delivery_receipts_2026_11; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts ATTACH PARTITION dlr.delivery_receipts_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: delivery_receipts_2026_12; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts ATTACH PARTITION dlr.delivery_receipts_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');


--
-- Name: delivery_receipts_2027_01; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts ATTACH PARTITION dlr.delivery_receipts_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');


--
-- Name: delivery_receipts_2027_02; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts ATTACH PARTITION dlr.delivery_receipts_2027_02 FOR VALUES FROM ('2027-02-01 00:00:00+00') TO ('2027-03-01 00:00:00+00');


--
-- Name: delivery_receipts_default; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts ATTACH PARTITION dlr.delivery_receipts_default DEFAULT;


--
-- Name: delivery_receipts_undated; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts ATTACH PARTITION dlr.delivery_receipts_undated FOR VALUES FROM (MINVALUE) TO ('2000-01-01 00:00:00+00');


--
-- Name: message_aggregates_2026_10; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates ATTACH PARTITION dlr.message_aggregates_2026_10 FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-11-01 00:00:00+00');


--
-- Name: message_aggregates_2026_11; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates ATTACH PARTITION dlr.message_aggregates_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: message_aggregates_2026_12; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates ATTACH PARTITION dlr.message_aggregates_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');


--
-- Name: message_aggregates_2027_01; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates ATTACH PARTITION dlr.message_aggregates_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');


--
-- Name: message_aggregates_2027_02; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates ATTACH PARTITION dlr.message_aggregates_2027_02 FOR VALUES FROM ('2027-02-01 00:00:00+00') TO ('2027-03-01 00:00:00+00');


--
-- Name: message_aggregates_default; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates ATTACH PARTITION dlr.message_aggregates_default DEFAULT;


--
-- Name: message_aggregates_undated; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates ATTACH PARTITION dlr.message_aggregates_undated FOR VALUES FROM (MINVALUE) TO ('2000-01-01 00:00:00+00');


--
-- Name: orphan_dlrs_2026_10; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs ATTACH PARTITION dlr.orphan_dlrs_2026_10 FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-11-01 00:00:00+00');


--
-- Name: orphan_dlrs_2026_11; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs ATTACH PARTITION dlr.orphan_dlrs_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: orphan_dlrs_2026_12; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs ATTACH PARTITION dlr.orphan_dlrs_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');


--
-- Name: orphan_dlrs_2027_01; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs ATTACH PARTITION dlr.orphan_dlrs_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');


--
-- Name: orphan_dlrs_2027_02; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs ATTACH PARTITION dlr.orphan_dlrs_2027_02 FOR VALUES FROM ('2027-02-01 00:00:00+00') TO ('2027-03-01 00:00:00+00');


--
-- Name: orphan_dlrs_default; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs ATTACH PARTITION dlr.orphan_dlrs_default DEFAULT;


--
-- Name: segment_dlrs_2026_10; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs ATTACH PARTITION dlr.segment_dlrs_2026_10 FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-11-01 00:00:00+00');


--
-- Name: segment_dlrs_2026_11; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs ATTACH PARTITION dlr.segment_dlrs_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: segment_dlrs_2026_12; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs ATTACH PARTITION dlr.segment_dlrs_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');


--
-- Name: segment_dlrs_2027_01; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs ATTACH PARTITION dlr.segment_dlrs_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');


--
-- Name: segment_dlrs_2027_02; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs ATTACH PARTITION dlr.segment_dlrs_2027_02 FOR VALUES FROM ('2027-02-01 00:00:00+00') TO ('2027-03-01 00:00:00+00');


--
-- Name: segment_dlrs_default; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs ATTACH PARTITION dlr.segment_dlrs_default DEFAULT;


--
-- Name: segment_dlrs_undated; Type: TABLE ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs ATTACH PARTITION dlr.segment_dlrs_undated FOR VALUES FROM (MINVALUE) TO ('2000-01-01 00:00:00+00');


--
-- Data for Name: aggregation_open; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: audit_log; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: daily_operator_report; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: delivery_receipts_2026_10; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: delivery_receipts_2026_11; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: delivery_receipts_2026_12; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: delivery_receipts_2027_01; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: delivery_receipts_2027_02; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: delivery_receipts_default; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: delivery_receipts_undated; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: ingest_stats; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: intake_clock; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: invalid_dlrs; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: late_dlrs; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: message_aggregates_2026_10; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: message_aggregates_2026_11; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: message_aggregates_2026_12; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: message_aggregates_2027_01; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: message_aggregates_2027_02; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: message_aggregates_default; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: message_aggregates_undated; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: orphan_archives; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: orphan_dlrs_2026_10; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: orphan_dlrs_2026_11; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: orphan_dlrs_2026_12; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: orphan_dlrs_2027_01; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: orphan_dlrs_2027_02; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: orphan_dlrs_default; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: orphan_resolutions; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: outbox; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: quarantine_actions; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: quarantined_dlrs; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: rejected_resubmissions; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: resubmission_requests; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: resubmission_steps; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--

INSERT INTO dlr.schema_migrations VALUES ('host', '005_months', 'tables', '49f30ae5608b8d0c64943b2303fd454ff16d04a19a3cad4b993e29ab25df80ee', '0.1.0', '', '2026-11-30 10:06:59.808134+00');
INSERT INTO dlr.schema_migrations VALUES ('host', '010_invalid_dlrs', 'tables', 'b6384c80c5761e819acf3d4bb2825e1cdab310d7e89557c0e0487dbd31a357a0', '0.1.0', '', '2026-11-30 10:06:59.817409+00');
INSERT INTO dlr.schema_migrations VALUES ('host', '020_ingest_stats', 'tables', '856e3d840b50e13f0867e92feee0d81330f9704f35cd0171aee6bcf8882e5db1', '0.1.0', '', '2026-11-30 10:06:59.83889+00');
INSERT INTO dlr.schema_migrations VALUES ('host', '030_audit_log', 'tables', '31f465636513faed591ae5b0ba129cafd73149ead9ac40a349da8674c132dff3', '0.1.0', '', '2026-11-30 10:06:59.852371+00');
INSERT INTO dlr.schema_migrations VALUES ('host', '040_intake_clock', 'tables', '1c0dcf538222b5d954b1c003ffd3257166bd88f968b1582abb67d20076a0f4e9', '0.1.0', '', '2026-11-30 10:06:59.871791+00');
INSERT INTO dlr.schema_migrations VALUES ('dedup', '010_late_dlrs', 'tables', 'ef906d275588a12df8495f874d4ce1866f5f87b28730f3bd5b8332f1e3e6d6d9', '1.0.0', '', '2026-11-30 10:06:59.879952+00');
INSERT INTO dlr.schema_migrations VALUES ('dedup', '020_quarantined_dlrs', 'tables', 'e648512b21293369b83831ceb8464e13c46a3074ff3d24629b6d6bab3c7dc3e2', '1.0.0', '', '2026-11-30 10:06:59.895639+00');
INSERT INTO dlr.schema_migrations VALUES ('dedup', '030_quarantine_pages', 'tables', '57e1ed39319d3ef94109e10a3e06aba37a7bfada4109ac69e093aef8561447ef', '1.0.0', '', '2026-11-30 10:06:59.911999+00');
INSERT INTO dlr.schema_migrations VALUES ('correlate', 'orphans', 'tables', 'b39cb5f71f1855802f171fb763188c59f6f265b9f722f0823f416cf9b5f8b27d', '0.1.0', '', '2026-11-30 10:06:59.913387+00');
INSERT INTO dlr.schema_migrations VALUES ('segments', '010_segment_dlrs', 'tables', '3cf1ad3ff46b869f7d4c9c24ad726a21892a013c1f2dfd956a695875eabc52b7', '1.0.0', '', '2026-11-30 10:07:00.155088+00');
INSERT INTO dlr.schema_migrations VALUES ('segments', '020_aggregation', 'tables', '03702a60c4aeda65ee8908da1cdc07ee58703b3daab6541039396cc59b5d0ff0', '1.0.0', '', '2026-11-30 10:07:00.312294+00');
INSERT INTO dlr.schema_migrations VALUES ('outbox', '010_delivery_receipts', 'tables', '063dcc8dcae6f523909ba8ec322f09deaa0eb942700f0c91d1abdaf480ea1392', '1.0.0', '', '2026-11-30 10:07:00.471487+00');
INSERT INTO dlr.schema_migrations VALUES ('outbox', '020_outbox', 'tables', 'e46b016c14ede4d2b426aa38fd2ec27a9489ed7395606826f795e92438a149ec', '1.0.0', '', '2026-11-30 10:07:00.877394+00');
INSERT INTO dlr.schema_migrations VALUES ('admin-http', '010_daily_operator_report', 'tables', '79ede438a877cbee3e32fa6e465fed62ab85b3a7a586c9247b5d4a401c2f8249', '1.0.0', '', '2026-11-30 10:07:00.896248+00');
INSERT INTO dlr.schema_migrations VALUES ('admin-http', '020_rejected_resubmissions', 'tables', 'ffaeb329f2308865a537e4c6cd43a60cd6efb082873f1279f37c8a124aadd693', '1.0.0', '', '2026-11-30 10:07:00.907755+00');
INSERT INTO dlr.schema_migrations VALUES ('admin-http', '025_resubmission_requests', 'tables', '35cbfed5f5b56c1304d4c81cedf644f16c9c5d9d891a29b688ad70d8f44f5f44', '1.0.0', '', '2026-11-30 10:07:00.933922+00');
INSERT INTO dlr.schema_migrations VALUES ('admin-http', '030_retention', 'tables', '8fa0e5ca768fd78863b9d89e0ff863318bfe4dcb93dfc68617eca6ad57602399', '1.0.0', '', '2026-11-30 10:07:00.952875+00');
INSERT INTO dlr.schema_migrations VALUES ('admin-http', '040_json_time', 'tables', '5d23683a38244c8d2b71f19772f5a0db557e731bc2ea87a557b63ec3be93da95', '1.0.0', '', '2026-11-30 10:07:00.964128+00');
INSERT INTO dlr.schema_migrations VALUES ('correlate', 'orphaned_receipts', 'views', 'ec4f5a25d79b27d68bba2ebec5be9fb79dba1dfe1df5b98452d7667928a2473b', '0.1.0', '', '2026-11-30 10:07:00.98289+00');
INSERT INTO dlr.schema_migrations VALUES ('segments', '010_portal_segments', 'views', 'b47c095026e74358382f22c505f5eefcb52933187a9039c33c8f34f2f554b463', '1.0.0', '', '2026-11-30 10:07:00.98289+00');
INSERT INTO dlr.schema_migrations VALUES ('outbox', '010_outbox_events', 'views', 'a83cd32a1ee7c91e93c812bc9717e4fbc11cc8a0bc9cf7cff267ed9b0745d3e2', '1.0.0', '', '2026-11-30 10:07:00.98289+00');


--
-- Data for Name: segment_dlrs_2026_10; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: segment_dlrs_2026_11; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: segment_dlrs_2026_12; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: segment_dlrs_2027_01; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: segment_dlrs_2027_02; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: segment_dlrs_default; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Data for Name: segment_dlrs_undated; Type: TABLE DATA; Schema: dlr; Owner: dlr_owner
--



--
-- Name: audit_log_id_seq; Type: SEQUENCE SET; Schema: dlr; Owner: dlr_owner
--

SELECT pg_catalog.setval('dlr.audit_log_id_seq', 1, false);


--
-- Name: intake_clock_id_seq; Type: SEQUENCE SET; Schema: dlr; Owner: dlr_owner
--

SELECT pg_catalog.setval('dlr.intake_clock_id_seq', 1, false);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: dlr; Owner: dlr_owner
--

SELECT pg_catalog.setval('dlr.outbox_id_seq', 1, false);


--
-- Name: aggregation_open aggregation_open_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.aggregation_open
    ADD CONSTRAINT aggregation_open_pkey PRIMARY KEY (message_id);


--
-- Name: audit_log audit_log_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);


--
-- Name: daily_operator_report daily_operator_report_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.daily_operator_report
    ADD CONSTRAINT daily_operator_report_pkey PRIMARY KEY (report_date, operator_id);


--
-- Name: delivery_receipts delivery_receipts_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts
    ADD CONSTRAINT delivery_receipts_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: delivery_receipts_2026_10 delivery_receipts_2026_10_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts_2026_10
    ADD CONSTRAINT delivery_receipts_2026_10_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: delivery_receipts_2026_11 delivery_receipts_2026_11_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts_2026_11
    ADD CONSTRAINT delivery_receipts_2026_11_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: delivery_receipts_2026_12 delivery_receipts_2026_12_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts_2026_12
    ADD CONSTRAINT delivery_receipts_2026_12_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: delivery_receipts_2027_01 delivery_receipts_2027_01_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts_2027_01
    ADD CONSTRAINT delivery_receipts_2027_01_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: delivery_receipts_2027_02 delivery_receipts_2027_02_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts_2027_02
    ADD CONSTRAINT delivery_receipts_2027_02_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: delivery_receipts_default delivery_receipts_default_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts_default
    ADD CONSTRAINT delivery_receipts_default_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: delivery_receipts_undated delivery_receipts_undated_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.delivery_receipts_undated
    ADD CONSTRAINT delivery_receipts_undated_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: ingest_stats ingest_stats_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.ingest_stats
    ADD CONSTRAINT ingest_stats_pkey PRIMARY KEY (minute, operator_id, outcome, instance);


--
-- Name: intake_clock intake_clock_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.intake_clock
    ADD CONSTRAINT intake_clock_pkey PRIMARY KEY (id);


--
-- Name: invalid_dlrs invalid_dlrs_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.invalid_dlrs
    ADD CONSTRAINT invalid_dlrs_pkey PRIMARY KEY (stream_identity, stream_seq);


--
-- Name: late_dlrs late_dlrs_event_id_fingerprint_key; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.late_dlrs
    ADD CONSTRAINT late_dlrs_event_id_fingerprint_key UNIQUE (event_id, fingerprint);


--
-- Name: late_dlrs late_dlrs_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.late_dlrs
    ADD CONSTRAINT late_dlrs_pkey PRIMARY KEY (late_id);


--
-- Name: message_aggregates message_aggregates_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates
    ADD CONSTRAINT message_aggregates_pkey PRIMARY KEY (filed_under, message_id);


--
-- Name: message_aggregates_2026_10 message_aggregates_2026_10_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates_2026_10
    ADD CONSTRAINT message_aggregates_2026_10_pkey PRIMARY KEY (filed_under, message_id);


--
-- Name: message_aggregates_2026_11 message_aggregates_2026_11_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates_2026_11
    ADD CONSTRAINT message_aggregates_2026_11_pkey PRIMARY KEY (filed_under, message_id);


--
-- Name: message_aggregates_2026_12 message_aggregates_2026_12_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates_2026_12
    ADD CONSTRAINT message_aggregates_2026_12_pkey PRIMARY KEY (filed_under, message_id);


--
-- Name: message_aggregates_2027_01 message_aggregates_2027_01_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates_2027_01
    ADD CONSTRAINT message_aggregates_2027_01_pkey PRIMARY KEY (filed_under, message_id);


--
-- Name: message_aggregates_2027_02 message_aggregates_2027_02_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates_2027_02
    ADD CONSTRAINT message_aggregates_2027_02_pkey PRIMARY KEY (filed_under, message_id);


--
-- Name: message_aggregates_default message_aggregates_default_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates_default
    ADD CONSTRAINT message_aggregates_default_pkey PRIMARY KEY (filed_under, message_id);


--
-- Name: message_aggregates_undated message_aggregates_undated_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.message_aggregates_undated
    ADD CONSTRAINT message_aggregates_undated_pkey PRIMARY KEY (filed_under, message_id);


--
-- Name: orphan_archives orphan_archives_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_archives
    ADD CONSTRAINT orphan_archives_pkey PRIMARY KEY (month, object_key);


--
-- Name: orphan_dlrs orphan_dlrs_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs
    ADD CONSTRAINT orphan_dlrs_pkey PRIMARY KEY (orphan_id, received_at);


--
-- Name: orphan_dlrs_2026_10 orphan_dlrs_2026_10_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs_2026_10
    ADD CONSTRAINT orphan_dlrs_2026_10_pkey PRIMARY KEY (orphan_id, received_at);


--
-- Name: orphan_dlrs_2026_11 orphan_dlrs_2026_11_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs_2026_11
    ADD CONSTRAINT orphan_dlrs_2026_11_pkey PRIMARY KEY (orphan_id, received_at);


--
-- Name: orphan_dlrs_2026_12 orphan_dlrs_2026_12_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs_2026_12
    ADD CONSTRAINT orphan_dlrs_2026_12_pkey PRIMARY KEY (orphan_id, received_at);


--
-- Name: orphan_dlrs_2027_01 orphan_dlrs_2027_01_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs_2027_01
    ADD CONSTRAINT orphan_dlrs_2027_01_pkey PRIMARY KEY (orphan_id, received_at);


--
-- Name: orphan_dlrs_2027_02 orphan_dlrs_2027_02_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs_2027_02
    ADD CONSTRAINT orphan_dlrs_2027_02_pkey PRIMARY KEY (orphan_id, received_at);


--
-- Name: orphan_dlrs_default orphan_dlrs_default_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_dlrs_default
    ADD CONSTRAINT orphan_dlrs_default_pkey PRIMARY KEY (orphan_id, received_at);


--
-- Name: orphan_resolutions orphan_resolutions_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.orphan_resolutions
    ADD CONSTRAINT orphan_resolutions_pkey PRIMARY KEY (orphan_id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (subject, id);


--
-- Name: quarantine_actions quarantine_actions_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.quarantine_actions
    ADD CONSTRAINT quarantine_actions_pkey PRIMARY KEY (quarantine_id);


--
-- Name: quarantined_dlrs quarantined_dlrs_event_id_fingerprint_key; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.quarantined_dlrs
    ADD CONSTRAINT quarantined_dlrs_event_id_fingerprint_key UNIQUE (event_id, fingerprint);


--
-- Name: quarantined_dlrs quarantined_dlrs_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.quarantined_dlrs
    ADD CONSTRAINT quarantined_dlrs_pkey PRIMARY KEY (id);


--
-- Name: rejected_resubmissions rejected_resubmissions_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.rejected_resubmissions
    ADD CONSTRAINT rejected_resubmissions_pkey PRIMARY KEY (stream_identity, stream_seq);


--
-- Name: resubmission_requests resubmission_requests_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.resubmission_requests
    ADD CONSTRAINT resubmission_requests_pkey PRIMARY KEY (id);


--
-- Name: resubmission_steps resubmission_steps_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.resubmission_steps
    ADD CONSTRAINT resubmission_steps_pkey PRIMARY KEY (request_id, step);


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (owner, name, kind);


--
-- Name: segment_dlrs segment_dlrs_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs
    ADD CONSTRAINT segment_dlrs_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: segment_dlrs_2026_10 segment_dlrs_2026_10_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs_2026_10
    ADD CONSTRAINT segment_dlrs_2026_10_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: segment_dlrs_2026_11 segment_dlrs_2026_11_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs_2026_11
    ADD CONSTRAINT segment_dlrs_2026_11_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: segment_dlrs_2026_12 segment_dlrs_2026_12_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs_2026_12
    ADD CONSTRAINT segment_dlrs_2026_12_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: segment_dlrs_2027_01 segment_dlrs_2027_01_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs_2027_01
    ADD CONSTRAINT segment_dlrs_2027_01_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: segment_dlrs_2027_02 segment_dlrs_2027_02_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs_2027_02
    ADD CONSTRAINT segment_dlrs_2027_02_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: segment_dlrs_default segment_dlrs_default_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs_default
    ADD CONSTRAINT segment_dlrs_default_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: segment_dlrs_undated segment_dlrs_undated_pkey; Type: CONSTRAINT; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE ONLY dlr.segment_dlrs_undated
    ADD CONSTRAINT segment_dlrs_undated_pkey PRIMARY KEY (filed_under, message_id, segment_index, state_key);


--
-- Name: aggregation_open_deadline; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX aggregation_open_deadline ON dlr.aggregation_open USING btree (deadline, message_id);


--
-- Name: audit_log_entity; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX audit_log_entity ON dlr.audit_log USING btree (entity_id);


--
-- Name: delivery_receipts_processed; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX delivery_receipts_processed ON ONLY dlr.delivery_receipts USING brin (processed_at) WITH (autosummarize='on');


--
-- Name: delivery_receipts_2026_10_processed_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX delivery_receipts_2026_10_processed_at_idx ON dlr.delivery_receipts_2026_10 USING brin (processed_at) WITH (autosummarize='on');


--
-- Name: delivery_receipts_2026_11_processed_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX delivery_receipts_2026_11_processed_at_idx ON dlr.delivery_receipts_2026_11 USING brin (processed_at) WITH (autosummarize='on');


--
-- Name: delivery_receipts_2026_12_processed_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX delivery_receipts_2026_12_processed_at_idx ON dlr.delivery_receipts_2026_12 USING brin (processed_at) WITH (autosummarize='on');


--
-- Name: delivery_receipts_2027_01_processed_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX delivery_receipts_2027_01_processed_at_idx ON dlr.delivery_receipts_2027_01 USING brin (processed_at) WITH (autosummarize='on');


--
-- Name: delivery_receipts_2027_02_processed_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX delivery_receipts_2027_02_processed_at_idx ON dlr.delivery_receipts_2027_02 USING brin (processed_at) WITH (autosummarize='on');


--
-- Name: delivery_receipts_default_processed_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX delivery_receipts_default_processed_at_idx ON dlr.delivery_receipts_default USING brin (processed_at) WITH (autosummarize='on');


--
-- Name: delivery_receipts_undated_processed_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX delivery_receipts_undated_processed_at_idx ON dlr.delivery_receipts_undated USING brin (processed_at) WITH (autosummarize='on');


--
-- Name: intake_clock_settled; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX intake_clock_settled ON dlr.intake_clock USING btree (stream_identity, settled_seq);


--
-- Name: invalid_dlrs_held; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX invalid_dlrs_held ON dlr.invalid_dlrs USING btree (stream_identity, stream_seq) WHERE (kind = 'held'::text);


--
-- Name: invalid_dlrs_held_message; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX invalid_dlrs_held_message ON dlr.invalid_dlrs USING btree (message_id) WHERE (kind = 'held'::text);


--
-- Name: invalid_dlrs_held_operator; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX invalid_dlrs_held_operator ON dlr.invalid_dlrs USING btree (operator_id, received_at) WHERE (kind = 'held'::text);


--
-- Name: late_dlrs_message; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX late_dlrs_message ON dlr.late_dlrs USING btree (message_id);


--
-- Name: message_aggregates_decided; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX message_aggregates_decided ON ONLY dlr.message_aggregates USING brin (decided_at) WITH (autosummarize='on');


--
-- Name: message_aggregates_2026_10_decided_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX message_aggregates_2026_10_decided_at_idx ON dlr.message_aggregates_2026_10 USING brin (decided_at) WITH (autosummarize='on');


--
-- Name: message_aggregates_2026_11_decided_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX message_aggregates_2026_11_decided_at_idx ON dlr.message_aggregates_2026_11 USING brin (decided_at) WITH (autosummarize='on');


--
-- Name: message_aggregates_2026_12_decided_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX message_aggregates_2026_12_decided_at_idx ON dlr.message_aggregates_2026_12 USING brin (decided_at) WITH (autosummarize='on');


--
-- Name: message_aggregates_2027_01_decided_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX message_aggregates_2027_01_decided_at_idx ON dlr.message_aggregates_2027_01 USING brin (decided_at) WITH (autosummarize='on');


--
-- Name: message_aggregates_2027_02_decided_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX message_aggregates_2027_02_decided_at_idx ON dlr.message_aggregates_2027_02 USING brin (decided_at) WITH (autosummarize='on');


--
-- Name: message_aggregates_default_decided_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX message_aggregates_default_decided_at_idx ON dlr.message_aggregates_default USING brin (decided_at) WITH (autosummarize='on');


--
-- Name: message_aggregates_undated_decided_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX message_aggregates_undated_decided_at_idx ON dlr.message_aggregates_undated USING brin (decided_at) WITH (autosummarize='on');


--
-- Name: orphan_dlrs_operator; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_operator ON ONLY dlr.orphan_dlrs USING btree (operator_id, operator_message_id);


--
-- Name: orphan_dlrs_2026_10_operator_id_operator_message_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_2026_10_operator_id_operator_message_id_idx ON dlr.orphan_dlrs_2026_10 USING btree (operator_id, operator_message_id);


--
-- Name: orphan_dlrs_received; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_received ON ONLY dlr.orphan_dlrs USING btree (received_at, orphan_id);


--
-- Name: orphan_dlrs_2026_10_received_at_orphan_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_2026_10_received_at_orphan_id_idx ON dlr.orphan_dlrs_2026_10 USING btree (received_at, orphan_id);


--
-- Name: orphan_dlrs_2026_11_operator_id_operator_message_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_2026_11_operator_id_operator_message_id_idx ON dlr.orphan_dlrs_2026_11 USING btree (operator_id, operator_message_id);


--
-- Name: orphan_dlrs_2026_11_received_at_orphan_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_2026_11_received_at_orphan_id_idx ON dlr.orphan_dlrs_2026_11 USING btree (received_at, orphan_id);


--
-- Name: orphan_dlrs_2026_12_operator_id_operator_message_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_2026_12_operator_id_operator_message_id_idx ON dlr.orphan_dlrs_2026_12 USING btree (operator_id, operator_message_id);


--
-- Name: orphan_dlrs_2026_12_received_at_orphan_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_2026_12_received_at_orphan_id_idx ON dlr.orphan_dlrs_2026_12 USING btree (received_at, orphan_id);


--
-- Name: orphan_dlrs_2027_01_operator_id_operator_message_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_2027_01_operator_id_operator_message_id_idx ON dlr.orphan_dlrs_2027_01 USING btree (operator_id, operator_message_id);


--
-- Name: orphan_dlrs_2027_01_received_at_orphan_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_2027_01_received_at_orphan_id_idx ON dlr.orphan_dlrs_2027_01 USING btree (received_at, orphan_id);


--
-- Name: orphan_dlrs_2027_02_operator_id_operator_message_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_2027_02_operator_id_operator_message_id_idx ON dlr.orphan_dlrs_2027_02 USING btree (operator_id, operator_message_id);


--
-- Name: orphan_dlrs_2027_02_received_at_orphan_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_2027_02_received_at_orphan_id_idx ON dlr.orphan_dlrs_2027_02 USING btree (received_at, orphan_id);


--
-- Name: orphan_dlrs_default_operator_id_operator_message_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_default_operator_id_operator_message_id_idx ON dlr.orphan_dlrs_default USING btree (operator_id, operator_message_id);


--
-- Name: orphan_dlrs_default_received_at_orphan_id_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX orphan_dlrs_default_received_at_orphan_id_idx ON dlr.orphan_dlrs_default USING btree (received_at, orphan_id);


--
-- Name: quarantined_dlrs_message; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX quarantined_dlrs_message ON dlr.quarantined_dlrs USING btree (message_id);


--
-- Name: quarantined_dlrs_operator; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX quarantined_dlrs_operator ON dlr.quarantined_dlrs USING btree (operator_id, received_at);


--
-- Name: quarantined_dlrs_received; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX quarantined_dlrs_received ON dlr.quarantined_dlrs USING btree (received_at, id);


--
-- Name: rejected_resubmissions_request; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX rejected_resubmissions_request ON dlr.rejected_resubmissions USING btree (request_id) WHERE (request_id IS NOT NULL);


--
-- Name: segment_dlrs_received; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX segment_dlrs_received ON ONLY dlr.segment_dlrs USING brin (received_at) WITH (autosummarize='on');


--
-- Name: segment_dlrs_2026_10_received_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX segment_dlrs_2026_10_received_at_idx ON dlr.segment_dlrs_2026_10 USING brin (received_at) WITH (autosummarize='on');


--
-- Name: segment_dlrs_2026_11_received_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX segment_dlrs_2026_11_received_at_idx ON dlr.segment_dlrs_2026_11 USING brin (received_at) WITH (autosummarize='on');


--
-- Name: segment_dlrs_2026_12_received_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX segment_dlrs_2026_12_received_at_idx ON dlr.segment_dlrs_2026_12 USING brin (received_at) WITH (autosummarize='on');


--
-- Name: segment_dlrs_2027_01_received_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX segment_dlrs_2027_01_received_at_idx ON dlr.segment_dlrs_2027_01 USING brin (received_at) WITH (autosummarize='on');


--
-- Name: segment_dlrs_2027_02_received_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX segment_dlrs_2027_02_received_at_idx ON dlr.segment_dlrs_2027_02 USING brin (received_at) WITH (autosummarize='on');


--
-- Name: segment_dlrs_default_received_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX segment_dlrs_default_received_at_idx ON dlr.segment_dlrs_default USING brin (received_at) WITH (autosummarize='on');


--
-- Name: segment_dlrs_undated_received_at_idx; Type: INDEX; Schema: dlr; Owner: dlr_owner
--

CREATE INDEX segment_dlrs_undated_received_at_idx ON dlr.segment_dlrs_undated USING brin (received_at) WITH (autosummarize='on');


--
-- Name: delivery_receipts_2026_10_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_pkey ATTACH PARTITION dlr.delivery_receipts_2026_10_pkey;


--
-- Name: delivery_receipts_2026_10_processed_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_processed ATTACH PARTITION dlr.delivery_receipts_2026_10_processed_at_idx;


--
-- Name: delivery_receipts_2026_11_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_pkey ATTACH PARTITION dlr.delivery_receipts_2026_11_pkey;


--
-- Name: delivery_receipts_2026_11_processed_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_processed ATTACH PARTITION dlr.delivery_receipts_2026_11_processed_at_idx;


--
-- Name: delivery_receipts_2026_12_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_pkey ATTACH PARTITION dlr.delivery_receipts_2026_12_pkey;


--
-- Name: delivery_receipts_2026_12_processed_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_processed ATTACH PARTITION dlr.delivery_receipts_2026_12_processed_at_idx;


--
-- Name: delivery_receipts_2027_01_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_pkey ATTACH PARTITION dlr.delivery_receipts_2027_01_pkey;


--
-- Name: delivery_receipts_2027_01_processed_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_processed ATTACH PARTITION dlr.delivery_receipts_2027_01_processed_at_idx;


--
-- Name: delivery_receipts_2027_02_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_pkey ATTACH PARTITION dlr.delivery_receipts_2027_02_pkey;


--
-- Name: delivery_receipts_2027_02_processed_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_processed ATTACH PARTITION dlr.delivery_receipts_2027_02_processed_at_idx;


--
-- Name: delivery_receipts_default_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_pkey ATTACH PARTITION dlr.delivery_receipts_default_pkey;


--
-- Name: delivery_receipts_default_processed_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_processed ATTACH PARTITION dlr.delivery_receipts_default_processed_at_idx;


--
-- Name: delivery_receipts_undated_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_pkey ATTACH PARTITION dlr.delivery_receipts_undated_pkey;


--
-- Name: delivery_receipts_undated_processed_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.delivery_receipts_processed ATTACH PARTITION dlr.delivery_receipts_undated_processed_at_idx;


--
-- Name: message_aggregates_2026_10_decided_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_decided ATTACH PARTITION dlr.message_aggregates_2026_10_decided_at_idx;


--
-- Name: message_aggregates_2026_10_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_pkey ATTACH PARTITION dlr.message_aggregates_2026_10_pkey;


--
-- Name: message_aggregates_2026_11_decided_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_decided ATTACH PARTITION dlr.message_aggregates_2026_11_decided_at_idx;


--
-- Name: message_aggregates_2026_11_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_pkey ATTACH PARTITION dlr.message_aggregates_2026_11_pkey;


--
-- Name: message_aggregates_2026_12_decided_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_decided ATTACH PARTITION dlr.message_aggregates_2026_12_decided_at_idx;


--
-- Name: message_aggregates_2026_12_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_pkey ATTACH PARTITION dlr.message_aggregates_2026_12_pkey;


--
-- Name: message_aggregates_2027_01_decided_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_decided ATTACH PARTITION dlr.message_aggregates_2027_01_decided_at_idx;


--
-- Name: message_aggregates_2027_01_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_pkey ATTACH PARTITION dlr.message_aggregates_2027_01_pkey;


--
-- Name: message_aggregates_2027_02_decided_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_decided ATTACH PARTITION dlr.message_aggregates_2027_02_decided_at_idx;


--
-- Name: message_aggregates_2027_02_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_pkey ATTACH PARTITION dlr.message_aggregates_2027_02_pkey;


--
-- Name: message_aggregates_default_decided_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_decided ATTACH PARTITION dlr.message_aggregates_default_decided_at_idx;


--
-- Name: message_aggregates_default_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_pkey ATTACH PARTITION dlr.message_aggregates_default_pkey;


--
-- Name: message_aggregates_undated_decided_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_decided ATTACH PARTITION dlr.message_aggregates_undated_decided_at_idx;


--
-- Name: message_aggregates_undated_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.message_aggregates_pkey ATTACH PARTITION dlr.message_aggregates_undated_pkey;


--
-- Name: orphan_dlrs_2026_10_operator_id_operator_message_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_operator ATTACH PARTITION dlr.orphan_dlrs_2026_10_operator_id_operator_message_id_idx;


--
-- Name: orphan_dlrs_2026_10_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_pkey ATTACH PARTITION dlr.orphan_dlrs_2026_10_pkey;


--
-- Name: orphan_dlrs_2026_10_received_at_orphan_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_received ATTACH PARTITION dlr.orphan_dlrs_2026_10_received_at_orphan_id_idx;


--
-- Name: orphan_dlrs_2026_11_operator_id_operator_message_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_operator ATTACH PARTITION dlr.orphan_dlrs_2026_11_operator_id_operator_message_id_idx;


--
-- Name: orphan_dlrs_2026_11_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_pkey ATTACH PARTITION dlr.orphan_dlrs_2026_11_pkey;


--
-- Name: orphan_dlrs_2026_11_received_at_orphan_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_received ATTACH PARTITION dlr.orphan_dlrs_2026_11_received_at_orphan_id_idx;


--
-- Name: orphan_dlrs_2026_12_operator_id_operator_message_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_operator ATTACH PARTITION dlr.orphan_dlrs_2026_12_operator_id_operator_message_id_idx;


--
-- Name: orphan_dlrs_2026_12_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_pkey ATTACH PARTITION dlr.orphan_dlrs_2026_12_pkey;


--
-- Name: orphan_dlrs_2026_12_received_at_orphan_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_received ATTACH PARTITION dlr.orphan_dlrs_2026_12_received_at_orphan_id_idx;


--
-- Name: orphan_dlrs_2027_01_operator_id_operator_message_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_operator ATTACH PARTITION dlr.orphan_dlrs_2027_01_operator_id_operator_message_id_idx;


--
-- Name: orphan_dlrs_2027_01_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_pkey ATTACH PARTITION dlr.orphan_dlrs_2027_01_pkey;


--
-- Name: orphan_dlrs_2027_01_received_at_orphan_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_received ATTACH PARTITION dlr.orphan_dlrs_2027_01_received_at_orphan_id_idx;


--
-- Name: orphan_dlrs_2027_02_operator_id_operator_message_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_operator ATTACH PARTITION dlr.orphan_dlrs_2027_02_operator_id_operator_message_id_idx;


--
-- Name: orphan_dlrs_2027_02_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_pkey ATTACH PARTITION dlr.orphan_dlrs_2027_02_pkey;


--
-- Name: orphan_dlrs_2027_02_received_at_orphan_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_received ATTACH PARTITION dlr.orphan_dlrs_2027_02_received_at_orphan_id_idx;


--
-- Name: orphan_dlrs_default_operator_id_operator_message_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_operator ATTACH PARTITION dlr.orphan_dlrs_default_operator_id_operator_message_id_idx;


--
-- Name: orphan_dlrs_default_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_pkey ATTACH PARTITION dlr.orphan_dlrs_default_pkey;


--
-- Name: orphan_dlrs_default_received_at_orphan_id_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.orphan_dlrs_received ATTACH PARTITION dlr.orphan_dlrs_default_received_at_orphan_id_idx;


--
-- Name: segment_dlrs_2026_10_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_pkey ATTACH PARTITION dlr.segment_dlrs_2026_10_pkey;


--
-- Name: segment_dlrs_2026_10_received_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_received ATTACH PARTITION dlr.segment_dlrs_2026_10_received_at_idx;


--
-- Name: segment_dlrs_2026_11_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_pkey ATTACH PARTITION dlr.segment_dlrs_2026_11_pkey;


--
-- Name: segment_dlrs_2026_11_received_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_received ATTACH PARTITION dlr.segment_dlrs_2026_11_received_at_idx;


--
-- Name: segment_dlrs_2026_12_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_pkey ATTACH PARTITION dlr.segment_dlrs_2026_12_pkey;


--
-- Name: segment_dlrs_2026_12_received_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_received ATTACH PARTITION dlr.segment_dlrs_2026_12_received_at_idx;


--
-- Name: segment_dlrs_2027_01_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_pkey ATTACH PARTITION dlr.segment_dlrs_2027_01_pkey;


--
-- Name: segment_dlrs_2027_01_received_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_received ATTACH PARTITION dlr.segment_dlrs_2027_01_received_at_idx;


--
-- Name: segment_dlrs_2027_02_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_pkey ATTACH PARTITION dlr.segment_dlrs_2027_02_pkey;


--
-- Name: segment_dlrs_2027_02_received_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_received ATTACH PARTITION dlr.segment_dlrs_2027_02_received_at_idx;


--
-- Name: segment_dlrs_default_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_pkey ATTACH PARTITION dlr.segment_dlrs_default_pkey;


--
-- Name: segment_dlrs_default_received_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_received ATTACH PARTITION dlr.segment_dlrs_default_received_at_idx;


--
-- Name: segment_dlrs_undated_pkey; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_pkey ATTACH PARTITION dlr.segment_dlrs_undated_pkey;


--
-- Name: segment_dlrs_undated_received_at_idx; Type: INDEX ATTACH; Schema: dlr; Owner: dlr_owner
--

ALTER INDEX dlr.segment_dlrs_received ATTACH PARTITION dlr.segment_dlrs_undated_received_at_idx;


--
-- Name: delivery_receipts; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.delivery_receipts ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_receipts_2026_10; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.delivery_receipts_2026_10 ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_receipts_2026_11; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.delivery_receipts_2026_11 ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_receipts_2026_12; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.delivery_receipts_2026_12 ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_receipts_2027_01; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.delivery_receipts_2027_01 ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_receipts_2027_02; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.delivery_receipts_2027_02 ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_receipts_default; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.delivery_receipts_default ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_receipts_undated; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.delivery_receipts_undated ENABLE ROW LEVEL SECURITY;

--
-- Name: segment_dlrs; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.segment_dlrs ENABLE ROW LEVEL SECURITY;

--
-- Name: segment_dlrs_2026_10; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.segment_dlrs_2026_10 ENABLE ROW LEVEL SECURITY;

--
-- Name: segment_dlrs_2026_11; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.segment_dlrs_2026_11 ENABLE ROW LEVEL SECURITY;

--
-- Name: segment_dlrs_2026_12; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.segment_dlrs_2026_12 ENABLE ROW LEVEL SECURITY;

--
-- Name: segment_dlrs_2027_01; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.segment_dlrs_2027_01 ENABLE ROW LEVEL SECURITY;

--
-- Name: segment_dlrs_2027_02; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.segment_dlrs_2027_02 ENABLE ROW LEVEL SECURITY;

--
-- Name: segment_dlrs_default; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.segment_dlrs_default ENABLE ROW LEVEL SECURITY;

--
-- Name: segment_dlrs_undated; Type: ROW SECURITY; Schema: dlr; Owner: dlr_owner
--

ALTER TABLE dlr.segment_dlrs_undated ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_receipts service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.delivery_receipts TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: delivery_receipts_2026_10 service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.delivery_receipts_2026_10 TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: delivery_receipts_2026_11 service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.delivery_receipts_2026_11 TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: delivery_receipts_2026_12 service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.delivery_receipts_2026_12 TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: delivery_receipts_2027_01 service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.delivery_receipts_2027_01 TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: delivery_receipts_2027_02 service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.delivery_receipts_2027_02 TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: delivery_receipts_default service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.delivery_receipts_default TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: delivery_receipts_undated service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.delivery_receipts_undated TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: segment_dlrs service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.segment_dlrs TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: segment_dlrs_2026_10 service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.segment_dlrs_2026_10 TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: segment_dlrs_2026_11 service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.segment_dlrs_2026_11 TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: segment_dlrs_2026_12 service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.segment_dlrs_2026_12 TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: segment_dlrs_2027_01 service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.segment_dlrs_2027_01 TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: segment_dlrs_2027_02 service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.segment_dlrs_2027_02 TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: segment_dlrs_default service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.segment_dlrs_default TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: segment_dlrs_undated service; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY service ON dlr.segment_dlrs_undated TO dlr_svc, dlr_admin, dlr_maint USING (true) WITH CHECK (true);


--
-- Name: delivery_receipts tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.delivery_receipts FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: delivery_receipts_2026_10 tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.delivery_receipts_2026_10 FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: delivery_receipts_2026_11 tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.delivery_receipts_2026_11 FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: delivery_receipts_2026_12 tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.delivery_receipts_2026_12 FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: delivery_receipts_2027_01 tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.delivery_receipts_2027_01 FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: delivery_receipts_2027_02 tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.delivery_receipts_2027_02 FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: delivery_receipts_default tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.delivery_receipts_default FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: delivery_receipts_undated tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.delivery_receipts_undated FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: segment_dlrs tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.segment_dlrs FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: segment_dlrs_2026_10 tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.segment_dlrs_2026_10 FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: segment_dlrs_2026_11 tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.segment_dlrs_2026_11 FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: segment_dlrs_2026_12 tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.segment_dlrs_2026_12 FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: segment_dlrs_2027_01 tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.segment_dlrs_2027_01 FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: segment_dlrs_2027_02 tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.segment_dlrs_2027_02 FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: segment_dlrs_default tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.segment_dlrs_default FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: segment_dlrs_undated tenant_read; Type: POLICY; Schema: dlr; Owner: dlr_owner
--

CREATE POLICY tenant_read ON dlr.segment_dlrs_undated FOR SELECT TO dlr_owner, dlr_portal USING ((account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid));


--
-- Name: SCHEMA dlr; Type: ACL; Schema: -; Owner: dlr_owner
--

GRANT USAGE ON SCHEMA dlr TO dlr_svc;
GRANT USAGE ON SCHEMA dlr TO dlr_relay;
GRANT USAGE ON SCHEMA dlr TO dlr_admin;
GRANT USAGE ON SCHEMA dlr TO dlr_portal;
GRANT USAGE ON SCHEMA dlr TO dlr_maint;


--
-- Name: FUNCTION drop_aggregate_month(before timestamp with time zone); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.drop_aggregate_month(before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.drop_aggregate_month(before timestamp with time zone) TO dlr_maint;


--
-- Name: FUNCTION drop_month(parent text, time_column name, before timestamp with time zone); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.drop_month(parent text, time_column name, before timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION drop_orphan_partition(month date, expected_rows bigint); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.drop_orphan_partition(month date, expected_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.drop_orphan_partition(month date, expected_rows bigint) TO dlr_maint;


--
-- Name: FUNCTION drop_receipt_month(before timestamp with time zone); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.drop_receipt_month(before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.drop_receipt_month(before timestamp with time zone) TO dlr_maint;


--
-- Name: FUNCTION drop_segment_month(before timestamp with time zone); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.drop_segment_month(before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.drop_segment_month(before timestamp with time zone) TO dlr_maint;


--
-- Name: FUNCTION guard_partition(parent regclass, part regclass); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.guard_partition(parent regclass, part regclass) FROM PUBLIC;


--
-- Name: FUNCTION json_time(at timestamp with time zone); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.json_time(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.json_time(at timestamp with time zone) TO dlr_admin;


--
-- Name: FUNCTION make_aggregate_partitions(from_month date, months integer); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.make_aggregate_partitions(from_month date, months integer) FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.make_aggregate_partitions(from_month date, months integer) TO dlr_maint;


--
-- Name: FUNCTION make_months(parent text, from_month date, months integer); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.make_months(parent text, from_month date, months integer) FROM PUBLIC;


--
-- Name: FUNCTION make_orphan_partitions(from_month date, months integer); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.make_orphan_partitions(from_month date, months integer) FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.make_orphan_partitions(from_month date, months integer) TO dlr_maint;


--
-- Name: FUNCTION make_receipt_partitions(from_month date, months integer); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.make_receipt_partitions(from_month date, months integer) FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.make_receipt_partitions(from_month date, months integer) TO dlr_maint;


--
-- Name: FUNCTION make_segment_partitions(from_month date, months integer); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.make_segment_partitions(from_month date, months integer) FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.make_segment_partitions(from_month date, months integer) TO dlr_maint;


--
-- Name: FUNCTION portal_messages(); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.portal_messages() FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.portal_messages() TO dlr_portal;


--
-- Name: FUNCTION release_held(identity text, seq bigint); Type: ACL; Schema: dlr; Owner: dlr_owner
--

REVOKE ALL ON FUNCTION dlr.release_held(identity text, seq bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION dlr.release_held(identity text, seq bigint) TO dlr_svc;


--
-- Name: TABLE aggregation_open; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.aggregation_open TO dlr_svc;
GRANT SELECT ON TABLE dlr.aggregation_open TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.aggregation_open TO dlr_maint;


--
-- Name: TABLE audit_log; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.audit_log TO dlr_svc;
GRANT SELECT,INSERT ON TABLE dlr.audit_log TO dlr_admin;


--
-- Name: SEQUENCE audit_log_id_seq; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT USAGE ON SEQUENCE dlr.audit_log_id_seq TO dlr_svc;
GRANT USAGE ON SEQUENCE dlr.audit_log_id_seq TO dlr_admin;


--
-- Name: TABLE daily_operator_report; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.daily_operator_report TO dlr_svc;
GRANT SELECT ON TABLE dlr.daily_operator_report TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.daily_operator_report TO dlr_maint;


--
-- Name: TABLE delivery_receipts; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.delivery_receipts TO dlr_svc;
GRANT SELECT ON TABLE dlr.delivery_receipts TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.delivery_receipts TO dlr_maint;


--
-- Name: TABLE delivery_receipts_2026_10; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.delivery_receipts_2026_10 TO dlr_svc;
GRANT SELECT ON TABLE dlr.delivery_receipts_2026_10 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.delivery_receipts_2026_10 TO dlr_maint;


--
-- Name: TABLE delivery_receipts_2026_11; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.delivery_receipts_2026_11 TO dlr_svc;
GRANT SELECT ON TABLE dlr.delivery_receipts_2026_11 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.delivery_receipts_2026_11 TO dlr_maint;


--
-- Name: TABLE delivery_receipts_2026_12; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.delivery_receipts_2026_12 TO dlr_svc;
GRANT SELECT ON TABLE dlr.delivery_receipts_2026_12 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.delivery_receipts_2026_12 TO dlr_maint;


--
-- Name: TABLE delivery_receipts_2027_01; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.delivery_receipts_2027_01 TO dlr_svc;
GRANT SELECT ON TABLE dlr.delivery_receipts_2027_01 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.delivery_receipts_2027_01 TO dlr_maint;


--
-- Name: TABLE delivery_receipts_2027_02; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.delivery_receipts_2027_02 TO dlr_svc;
GRANT SELECT ON TABLE dlr.delivery_receipts_2027_02 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.delivery_receipts_2027_02 TO dlr_maint;


--
-- Name: TABLE delivery_receipts_default; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.delivery_receipts_default TO dlr_svc;
GRANT SELECT ON TABLE dlr.delivery_receipts_default TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.delivery_receipts_default TO dlr_maint;


--
-- Name: TABLE delivery_receipts_undated; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.delivery_receipts_undated TO dlr_svc;
GRANT SELECT ON TABLE dlr.delivery_receipts_undated TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.delivery_receipts_undated TO dlr_maint;


--
-- Name: TABLE ingest_stats; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.ingest_stats TO dlr_svc;
GRANT SELECT ON TABLE dlr.ingest_stats TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.ingest_stats TO dlr_maint;


--
-- Name: TABLE intake_clock; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.intake_clock TO dlr_svc;
GRANT SELECT ON TABLE dlr.intake_clock TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.intake_clock TO dlr_maint;


--
-- Name: SEQUENCE intake_clock_id_seq; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT USAGE ON SEQUENCE dlr.intake_clock_id_seq TO dlr_svc;
GRANT USAGE ON SEQUENCE dlr.intake_clock_id_seq TO dlr_admin;


--
-- Name: TABLE invalid_dlrs; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.invalid_dlrs TO dlr_svc;
GRANT SELECT ON TABLE dlr.invalid_dlrs TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.invalid_dlrs TO dlr_maint;


--
-- Name: TABLE late_dlrs; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.late_dlrs TO dlr_svc;
GRANT SELECT ON TABLE dlr.late_dlrs TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.late_dlrs TO dlr_maint;


--
-- Name: TABLE message_aggregates; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.message_aggregates TO dlr_svc;
GRANT SELECT ON TABLE dlr.message_aggregates TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.message_aggregates TO dlr_maint;


--
-- Name: TABLE message_aggregates_2026_10; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.message_aggregates_2026_10 TO dlr_svc;
GRANT SELECT ON TABLE dlr.message_aggregates_2026_10 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.message_aggregates_2026_10 TO dlr_maint;


--
-- Name: TABLE message_aggregates_2026_11; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.message_aggregates_2026_11 TO dlr_svc;
GRANT SELECT ON TABLE dlr.message_aggregates_2026_11 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.message_aggregates_2026_11 TO dlr_maint;


--
-- Name: TABLE message_aggregates_2026_12; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.message_aggregates_2026_12 TO dlr_svc;
GRANT SELECT ON TABLE dlr.message_aggregates_2026_12 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.message_aggregates_2026_12 TO dlr_maint;


--
-- Name: TABLE message_aggregates_2027_01; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.message_aggregates_2027_01 TO dlr_svc;
GRANT SELECT ON TABLE dlr.message_aggregates_2027_01 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.message_aggregates_2027_01 TO dlr_maint;


--
-- Name: TABLE message_aggregates_2027_02; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.message_aggregates_2027_02 TO dlr_svc;
GRANT SELECT ON TABLE dlr.message_aggregates_2027_02 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.message_aggregates_2027_02 TO dlr_maint;


--
-- Name: TABLE message_aggregates_default; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.message_aggregates_default TO dlr_svc;
GRANT SELECT ON TABLE dlr.message_aggregates_default TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.message_aggregates_default TO dlr_maint;


--
-- Name: TABLE message_aggregates_undated; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.message_aggregates_undated TO dlr_svc;
GRANT SELECT ON TABLE dlr.message_aggregates_undated TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.message_aggregates_undated TO dlr_maint;


--
-- Name: TABLE orphan_archives; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.orphan_archives TO dlr_svc;
GRANT SELECT ON TABLE dlr.orphan_archives TO dlr_admin;
GRANT SELECT,INSERT ON TABLE dlr.orphan_archives TO dlr_maint;


--
-- Name: TABLE orphan_dlrs; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.orphan_dlrs TO dlr_svc;
GRANT SELECT ON TABLE dlr.orphan_dlrs TO dlr_admin;
GRANT SELECT ON TABLE dlr.orphan_dlrs TO dlr_maint;


--
-- Name: TABLE orphan_dlrs_2026_10; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.orphan_dlrs_2026_10 TO dlr_svc;
GRANT SELECT ON TABLE dlr.orphan_dlrs_2026_10 TO dlr_admin;
GRANT SELECT ON TABLE dlr.orphan_dlrs_2026_10 TO dlr_maint;


--
-- Name: TABLE orphan_dlrs_2026_11; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.orphan_dlrs_2026_11 TO dlr_svc;
GRANT SELECT ON TABLE dlr.orphan_dlrs_2026_11 TO dlr_admin;
GRANT SELECT ON TABLE dlr.orphan_dlrs_2026_11 TO dlr_maint;


--
-- Name: TABLE orphan_dlrs_2026_12; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.orphan_dlrs_2026_12 TO dlr_svc;
GRANT SELECT ON TABLE dlr.orphan_dlrs_2026_12 TO dlr_admin;
GRANT SELECT ON TABLE dlr.orphan_dlrs_2026_12 TO dlr_maint;


--
-- Name: TABLE orphan_dlrs_2027_01; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.orphan_dlrs_2027_01 TO dlr_svc;
GRANT SELECT ON TABLE dlr.orphan_dlrs_2027_01 TO dlr_admin;
GRANT SELECT ON TABLE dlr.orphan_dlrs_2027_01 TO dlr_maint;


--
-- Name: TABLE orphan_dlrs_2027_02; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.orphan_dlrs_2027_02 TO dlr_svc;
GRANT SELECT ON TABLE dlr.orphan_dlrs_2027_02 TO dlr_admin;
GRANT SELECT ON TABLE dlr.orphan_dlrs_2027_02 TO dlr_maint;


--
-- Name: TABLE orphan_dlrs_default; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.orphan_dlrs_default TO dlr_svc;
GRANT SELECT ON TABLE dlr.orphan_dlrs_default TO dlr_admin;
GRANT SELECT ON TABLE dlr.orphan_dlrs_default TO dlr_maint;


--
-- Name: TABLE orphan_resolutions; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.orphan_resolutions TO dlr_svc;
GRANT SELECT ON TABLE dlr.orphan_resolutions TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.orphan_resolutions TO dlr_maint;


--
-- Name: TABLE orphaned_receipts; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT ON TABLE dlr.orphaned_receipts TO dlr_svc;
GRANT SELECT ON TABLE dlr.orphaned_receipts TO dlr_admin;


--
-- Name: TABLE outbox; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.outbox TO dlr_svc;
GRANT SELECT ON TABLE dlr.outbox TO dlr_admin;
GRANT SELECT,INSERT,DELETE ON TABLE dlr.outbox TO dlr_relay;


--
-- Name: TABLE outbox_events; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT ON TABLE dlr.outbox_events TO dlr_svc;
GRANT SELECT ON TABLE dlr.outbox_events TO dlr_admin;


--
-- Name: SEQUENCE outbox_id_seq; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT USAGE ON SEQUENCE dlr.outbox_id_seq TO dlr_svc;
GRANT USAGE ON SEQUENCE dlr.outbox_id_seq TO dlr_admin;


--
-- Name: TABLE segment_dlrs; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.segment_dlrs TO dlr_svc;
GRANT SELECT ON TABLE dlr.segment_dlrs TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.segment_dlrs TO dlr_maint;


--
-- Name: TABLE portal_segments; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT ON TABLE dlr.portal_segments TO dlr_svc;
GRANT SELECT ON TABLE dlr.portal_segments TO dlr_admin;
GRANT SELECT ON TABLE dlr.portal_segments TO dlr_portal;


--
-- Name: TABLE quarantine_actions; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.quarantine_actions TO dlr_svc;
GRANT SELECT,INSERT ON TABLE dlr.quarantine_actions TO dlr_admin;


--
-- Name: TABLE quarantined_dlrs; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.quarantined_dlrs TO dlr_svc;
GRANT SELECT ON TABLE dlr.quarantined_dlrs TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.quarantined_dlrs TO dlr_maint;


--
-- Name: TABLE rejected_resubmissions; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.rejected_resubmissions TO dlr_svc;
GRANT SELECT ON TABLE dlr.rejected_resubmissions TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.rejected_resubmissions TO dlr_maint;


--
-- Name: TABLE resubmission_requests; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.resubmission_requests TO dlr_svc;
GRANT SELECT ON TABLE dlr.resubmission_requests TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.resubmission_requests TO dlr_maint;


--
-- Name: TABLE resubmission_steps; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.resubmission_steps TO dlr_svc;
GRANT SELECT ON TABLE dlr.resubmission_steps TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.resubmission_steps TO dlr_maint;


--
-- Name: TABLE schema_migrations; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT ON TABLE dlr.schema_migrations TO dlr_svc;
GRANT SELECT ON TABLE dlr.schema_migrations TO dlr_admin;


--
-- Name: TABLE segment_dlrs_2026_10; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.segment_dlrs_2026_10 TO dlr_svc;
GRANT SELECT ON TABLE dlr.segment_dlrs_2026_10 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.segment_dlrs_2026_10 TO dlr_maint;


--
-- Name: TABLE segment_dlrs_2026_11; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.segment_dlrs_2026_11 TO dlr_svc;
GRANT SELECT ON TABLE dlr.segment_dlrs_2026_11 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.segment_dlrs_2026_11 TO dlr_maint;


--
-- Name: TABLE segment_dlrs_2026_12; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.segment_dlrs_2026_12 TO dlr_svc;
GRANT SELECT ON TABLE dlr.segment_dlrs_2026_12 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.segment_dlrs_2026_12 TO dlr_maint;


--
-- Name: TABLE segment_dlrs_2027_01; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.segment_dlrs_2027_01 TO dlr_svc;
GRANT SELECT ON TABLE dlr.segment_dlrs_2027_01 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.segment_dlrs_2027_01 TO dlr_maint;


--
-- Name: TABLE segment_dlrs_2027_02; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.segment_dlrs_2027_02 TO dlr_svc;
GRANT SELECT ON TABLE dlr.segment_dlrs_2027_02 TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.segment_dlrs_2027_02 TO dlr_maint;


--
-- Name: TABLE segment_dlrs_default; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.segment_dlrs_default TO dlr_svc;
GRANT SELECT ON TABLE dlr.segment_dlrs_default TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.segment_dlrs_default TO dlr_maint;


--
-- Name: TABLE segment_dlrs_undated; Type: ACL; Schema: dlr; Owner: dlr_owner
--

GRANT SELECT,INSERT ON TABLE dlr.segment_dlrs_undated TO dlr_svc;
GRANT SELECT ON TABLE dlr.segment_dlrs_undated TO dlr_admin;
GRANT SELECT,DELETE ON TABLE dlr.segment_dlrs_undated TO dlr_maint;


--
-- Name: DEFAULT PRIVILEGES FOR SEQUENCES; Type: DEFAULT ACL; Schema: dlr; Owner: dlr_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE dlr_owner IN SCHEMA dlr GRANT USAGE ON SEQUENCES  TO dlr_svc;
ALTER DEFAULT PRIVILEGES FOR ROLE dlr_owner IN SCHEMA dlr GRANT USAGE ON SEQUENCES  TO dlr_admin;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: dlr; Owner: dlr_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE dlr_owner IN SCHEMA dlr GRANT SELECT,INSERT ON TABLES  TO dlr_svc;
ALTER DEFAULT PRIVILEGES FOR ROLE dlr_owner IN SCHEMA dlr GRANT SELECT ON TABLES  TO dlr_admin;


--
-- PostgreSQL database dump complete
--


