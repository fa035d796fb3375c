-- SPDX-License-Identifier: Apache-2.0
-- A moment as the interfaces write it: RFC 3339, UTC, milliseconds.
CREATE FUNCTION dlr.json_time(at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN isfinite(at) THEN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END $$;
REVOKE ALL ON FUNCTION dlr.json_time(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dlr.json_time(timestamptz) TO dlr_admin;
