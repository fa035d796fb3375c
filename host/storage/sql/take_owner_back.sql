-- SPDX-License-Identifier: Apache-2.0
-- dlrgw.login, which an administrator gave with --owner-dsn, owns nothing again. What an interrupted run left is taken too.
DO $$
DECLARE lent text;
BEGIN
  FOR lent IN SELECT o.rolname FROM pg_catalog.pg_auth_members m
              JOIN pg_catalog.pg_roles o ON o.oid = m.roleid JOIN pg_catalog.pg_roles l ON l.oid = m.member
              WHERE l.rolname = pg_catalog.current_setting('dlrgw.login')
              AND (o.rolname = 'dlr_owner' OR pg_catalog.starts_with(o.rolname, 'dlr_owner_')) LOOP
    EXECUTE pg_catalog.format('REVOKE %I FROM %I', lent, pg_catalog.current_setting('dlrgw.login'));
  END LOOP;
  EXECUTE pg_catalog.format('ALTER ROLE %I RESET role', pg_catalog.current_setting('dlrgw.login'));
END $$;
