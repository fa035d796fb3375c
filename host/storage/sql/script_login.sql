-- SPDX-License-Identifier: Apache-2.0
-- A login for the scripts of one owner, for minutes: it may nothing but act as that owner, so that no RESET ROLE, no
-- deferred trigger and no function of a script leads anywhere. dlrgw.login, dlrgw.password and dlrgw.script_owner are set.
DO $$ BEGIN
  EXECUTE pg_catalog.format(
    'CREATE ROLE %I LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD %L VALID UNTIL %L',
    pg_catalog.current_setting('dlrgw.login'), pg_catalog.current_setting('dlrgw.password'),
    pg_catalog.now() + interval '1 hour');
END $$;
