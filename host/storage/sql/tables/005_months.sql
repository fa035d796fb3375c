-- SPDX-License-Identifier: Apache-2.0
-- Tables that lie by month, each in partitions <table>_YYYY_MM and <table>_default. The functions here do the work for
-- functions of such a table's owner, which say which table it is and who may call them; nobody may call these.

-- Rights and row security of a partition are those of its table. A statement that names the table never looks at them; one
-- that names the partition looks at nothing else. Not forced upon the owner, who has to see the rows that it moves.
CREATE FUNCTION dlr.guard_partition(parent regclass, part regclass) RETURNS void
LANGUAGE plpgsql SET search_path = dlr, pg_temp AS $$
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

-- Makes the partitions that are missing and answers how many. Rows of such a month that went to the default partition move.
-- The table stays open meanwhile, but for rows on their way into the default partition and, for as long as it takes to
-- attach, for whoever reads every partition.
CREATE FUNCTION dlr.make_months(parent text, from_month date, months int) RETURNS int
LANGUAGE plpgsql SET search_path = dlr, pg_temp AS $$
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
END $$;

-- Drops the oldest partition whose month was over before that time and answers its name; nothing when there is none. A
-- month stays while it holds a row that is younger by time_column, which has a BRIN index: no other block is read. Looks
-- first and again under the lock, for which everybody waits.
CREATE FUNCTION dlr.drop_month(parent text, time_column name, before timestamptz) RETURNS text
LANGUAGE plpgsql SET search_path = dlr, pg_temp SET enable_seqscan = off AS $$
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
END $$;

REVOKE ALL ON FUNCTION dlr.guard_partition(regclass, regclass), dlr.make_months(text, date, int),
  dlr.drop_month(text, name, timestamptz) FROM PUBLIC;
