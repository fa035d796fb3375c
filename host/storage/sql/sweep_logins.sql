-- SPDX-License-Identifier: Apache-2.0
-- Ends the logins that migrations of this database made, those of interrupted ones too: dlrgw.login_prefix names them. The
-- lock of the migration is held, so that none of them is in use. Nothing of theirs is kept or handed on.
DO $$
DECLARE login text;
BEGIN
  FOR login IN SELECT rolname FROM pg_catalog.pg_roles
               WHERE pg_catalog.starts_with(rolname, pg_catalog.current_setting('dlrgw.login_prefix')) LOOP
    IF NOT pg_catalog.pg_has_role(current_user, login, 'USAGE') THEN
      EXECUTE pg_catalog.format('GRANT %I TO %I', login, current_user);
    END IF;
    EXECUTE pg_catalog.format('DROP OWNED BY %I', login);
    EXECUTE pg_catalog.format('DROP ROLE %I', login);
  END LOOP;
END $$;
