-- SPDX-License-Identifier: Apache-2.0
-- Plugins may make functions in schema dlr: what runs with the owner's rights never finds one of them.
ALTER FUNCTION dlr.make_orphan_partitions(date, int) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION dlr.drop_orphan_partition(date, bigint) SET search_path = pg_catalog, pg_temp;
