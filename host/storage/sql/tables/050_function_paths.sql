-- SPDX-License-Identifier: Apache-2.0
-- Plugins may make functions in schema dlr: what runs with the owner's rights never finds one of them.
ALTER FUNCTION dlr.release_held(text, bigint) SET search_path = pg_catalog, pg_temp;
