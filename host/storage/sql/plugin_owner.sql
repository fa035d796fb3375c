-- SPDX-License-Identifier: Apache-2.0
-- The role that owns what the scripts of one plugin make, and nothing else. Run by `migrate` as an administrator on every
-- run, after roles.sql, with the role's name in dlrgw.plugin_owner and the plugin's id in dlrgw.plugin.
DO $$
DECLARE
  plugin_owner text := pg_catalog.current_setting('dlrgw.plugin_owner');
  plugin text := pg_catalog.current_setting('dlrgw.plugin');
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = plugin_owner) THEN
    EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION',
                              plugin_owner);
  END IF;
  IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE r.rolname = plugin_owner
             AND (r.rolcanlogin OR r.rolsuper OR r.rolbypassrls OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid))) THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = pg_catalog.format(
      'role %I has rights of its own or is a member of another role; it must own the plugin''s tables and nothing else', plugin_owner);
  END IF;
  IF NOT pg_catalog.pg_has_role(current_user, plugin_owner, 'MEMBER') THEN
    EXECUTE pg_catalog.format('GRANT %I TO %I', plugin_owner, current_user);
  END IF;
  IF pg_catalog.has_schema_privilege(plugin_owner, 'dlr', 'CREATE') THEN RETURN; END IF;

  -- What a plugin does not declare: the service reads and inserts, administrators read.
  EXECUTE pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA dlr GRANT SELECT, INSERT ON TABLES TO dlr_svc', plugin_owner);
  EXECUTE pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA dlr GRANT SELECT ON TABLES TO dlr_admin', plugin_owner);
  EXECUTE pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA dlr GRANT USAGE ON SEQUENCES TO dlr_svc, dlr_admin', plugin_owner);
  SET LOCAL ROLE dlr_owner;
  EXECUTE pg_catalog.format('GRANT USAGE, CREATE ON SCHEMA dlr TO %I', plugin_owner);
  -- A script is recorded in its own transaction; the policy keeps a plugin to its own rows.
  EXECUTE pg_catalog.format('GRANT SELECT, INSERT, UPDATE ON dlr.schema_migrations TO %I', plugin_owner);
  EXECUTE pg_catalog.format('DROP POLICY IF EXISTS %I ON dlr.schema_migrations', plugin_owner);
  EXECUTE pg_catalog.format('CREATE POLICY %I ON dlr.schema_migrations TO %I USING (owner = %L) WITH CHECK (owner = %L)',
                            plugin_owner, plugin_owner, plugin, plugin);
  RESET ROLE;
END $$;
