-- SPDX-License-Identifier: Apache-2.0
-- Sessions of dlrgw.login act as dlrgw.script_owner from their beginning; RESET ROLE leads back to the same role.
DO $$ BEGIN
  EXECUTE pg_catalog.format('GRANT %I TO %I', pg_catalog.current_setting('dlrgw.script_owner'), pg_catalog.current_setting('dlrgw.login'));
  EXECUTE pg_catalog.format('ALTER ROLE %I SET role = %L', pg_catalog.current_setting('dlrgw.login'), pg_catalog.current_setting('dlrgw.script_owner'));
END $$;
