-- SPDX-License-Identifier: Apache-2.0
-- What looking after the orphans needs: reading them in the order of time, dropping archived months, retention.
CREATE INDEX orphan_dlrs_received ON dlr.orphan_dlrs (received_at, orphan_id);

-- Rows that came after their month was archived make another object of the same month.
ALTER TABLE dlr.orphan_archives DROP CONSTRAINT orphan_archives_pkey, ADD PRIMARY KEY (month, object_key);

-- Refuses when the partition holds another number of rows than the archive. Counting holds up only who writes into this
-- month; the parent is locked for the drop alone, and before the partition as its readers do, so that none can deadlock.
CREATE OR REPLACE FUNCTION dlr.drop_orphan_partition(month date, expected_rows bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = dlr, pg_temp AS $$
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

GRANT SELECT ON dlr.orphan_dlrs_default TO dlr_maint;
GRANT SELECT, DELETE ON dlr.orphan_resolutions TO dlr_maint;
