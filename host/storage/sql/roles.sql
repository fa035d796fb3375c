-- SPDX-License-Identifier: Apache-2.0
-- Roles and schema. Run by `migrate` as an administrator (superuser, or CREATEROLE with CREATE on the database) on every
-- run: each step looks first, so that a later run by an administrator with fewer rights has nothing to be refused.

DO $$ DECLARE r text; BEGIN
  FOREACH r IN ARRAY ARRAY['dlr_owner','dlr_svc','dlr_relay','dlr_admin','dlr_portal','dlr_maint'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = r) THEN
      EXECUTE format('CREATE ROLE %I %s NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', r,
                     CASE WHEN r = 'dlr_owner' THEN 'NOLOGIN' ELSE 'LOGIN' END);
    END IF;
  END LOOP; END $$;

-- SET ROLE dlr_owner needs membership; since PostgreSQL 16 it is not implied by having created the role.
DO $$ BEGIN
  IF NOT pg_catalog.pg_has_role(current_user, 'dlr_owner', 'MEMBER') THEN
    EXECUTE format('GRANT dlr_owner TO %I', current_user);
  END IF; END $$;

DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'dlr') THEN
    CREATE SCHEMA dlr AUTHORIZATION dlr_owner;
  END IF; END $$;

SET LOCAL ROLE dlr_owner;
REVOKE ALL ON SCHEMA dlr FROM PUBLIC;
GRANT USAGE ON SCHEMA dlr TO dlr_svc, dlr_relay, dlr_admin, dlr_portal, dlr_maint;
-- For every table of today and of later plugins; exceptions are revoked by the table's own script.
ALTER DEFAULT PRIVILEGES FOR ROLE dlr_owner IN SCHEMA dlr GRANT SELECT, INSERT ON TABLES TO dlr_svc;
ALTER DEFAULT PRIVILEGES FOR ROLE dlr_owner IN SCHEMA dlr GRANT SELECT ON TABLES TO dlr_admin;
ALTER DEFAULT PRIVILEGES FOR ROLE dlr_owner IN SCHEMA dlr GRANT USAGE ON SEQUENCES TO dlr_svc, dlr_admin;

-- What migrate itself has applied. Nobody but the owner writes it.
CREATE TABLE IF NOT EXISTS dlr.schema_migrations (
  owner text NOT NULL,                                       -- host, or a plugin's id
  name text NOT NULL,                                        -- file name without .sql
  kind text NOT NULL CHECK (kind IN ('tables','views')),
  sha256 text NOT NULL,
  version text NOT NULL,                                     -- of the owner that brought it
  min_binary text NOT NULL,                                  -- the oldest owner that lives with it; empty = any
  applied_at timestamptz NOT NULL,
  PRIMARY KEY (owner, name, kind));
REVOKE INSERT ON dlr.schema_migrations FROM dlr_svc;
-- Everyone who may read sees all of it; the scripts of a plugin write its own rows (plugin_owner.sql).
DO $$ BEGIN
  IF NOT (SELECT relrowsecurity FROM pg_catalog.pg_class WHERE oid = 'dlr.schema_migrations'::pg_catalog.regclass) THEN
    ALTER TABLE dlr.schema_migrations ENABLE ROW LEVEL SECURITY;
    CREATE POLICY everyone_reads ON dlr.schema_migrations FOR SELECT USING (true);
  END IF; END $$;
RESET ROLE;
