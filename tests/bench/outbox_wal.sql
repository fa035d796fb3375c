-- SPDX-License-Identifier: Apache-2.0
-- What an event in the outbox costs in WAL and on disk: a row for each event against a row for a unit of work. Run by
-- scripts/parts/outbox-wal on a cluster of its own.
CREATE TABLE one_each (
  id bigint GENERATED ALWAYS AS IDENTITY, event_id uuid NOT NULL, subject text COLLATE "C" NOT NULL, message_key text NOT NULL,
  payload json NOT NULL, headers json, created_at timestamptz NOT NULL, PRIMARY KEY (subject, id));
CREATE TABLE arrays (
  id bigint GENERATED ALWAYS AS IDENTITY, created_at timestamptz NOT NULL, event_count integer NOT NULL,
  subject text COLLATE "C" NOT NULL, events json COMPRESSION lz4 NOT NULL, PRIMARY KEY (subject, id));
CREATE UNLOGGED TABLE emitted AS
  SELECT n, gen_random_uuid() AS event_id, gen_random_uuid() AS message_id FROM generate_series(0, 6399) n;
ALTER TABLE emitted ADD payload json;
UPDATE emitted SET payload = format(
  '{"eventId":"%s","messageId":"%s","accountId":"00000000-0000-4000-8000-%s","operatorId":"mno-%s","segmentCount":1,'
  '"deliveredSegments":1,"dlrStatus":"DELIVERED","errorCode":"0","networkErrorCode":null,'
  '"occurredAt":"2026-11-30T08:00:%s.%sZ","schemaVersion":1}',
  event_id, message_id, lpad((n % 20)::text, 12, '0'), n % 3, lpad((n % 60)::text, 2, '0'), lpad((n % 1000)::text, 3, '0'))::json;
CREATE TABLE measured (way text, events_in_a_unit integer, insert_bytes numeric, delete_bytes numeric, disk_bytes numeric);

CREATE PROCEDURE measure(way text, batch integer) LANGUAGE plpgsql AS $$
DECLARE
  start pg_lsn; inserted pg_lsn; deleted pg_lsn; disk bigint; b integer; last bigint := 0; upto bigint;
BEGIN
  EXECUTE format('TRUNCATE %I', way);
  COMMIT;
  CHECKPOINT;
  start := pg_current_wal_insert_lsn();
  FOR b IN 0 .. 6399 BY batch LOOP
    IF way = 'one_each' THEN
      INSERT INTO one_each (event_id, subject, message_key, payload, created_at)
      SELECT event_id, 'billing.events', message_id::text, payload, now() FROM emitted WHERE n >= b AND n < b + batch ORDER BY n;
    ELSE
      INSERT INTO arrays (created_at, event_count, subject, events)
      SELECT now(), count(*), 'billing.events',
             ('[' || string_agg(format('{"id":"%s","key":"%s","payload":%s}', event_id, message_id, payload), ',' ORDER BY n) || ']')::json
      FROM emitted WHERE n >= b AND n < b + batch;
    END IF;
    COMMIT;
  END LOOP;
  inserted := pg_current_wal_insert_lsn();
  disk := pg_total_relation_size(way::regclass);
  LOOP
    IF way = 'one_each' THEN
      SELECT max(id) INTO upto FROM (SELECT id FROM one_each WHERE id > last ORDER BY subject, id LIMIT batch) r;
      EXIT WHEN upto IS NULL;
      DELETE FROM one_each WHERE subject = 'billing.events' AND id > last AND id <= upto;
    ELSE
      SELECT min(id) INTO upto FROM arrays WHERE id > last;
      EXIT WHEN upto IS NULL;
      DELETE FROM arrays WHERE subject = 'billing.events' AND id = upto;
    END IF;
    COMMIT;
    last := upto;
  END LOOP;
  deleted := pg_current_wal_insert_lsn();
  INSERT INTO measured VALUES (way, batch, (inserted - start) / 6400.0, (deleted - inserted) / 6400.0, disk / 6400.0);
  COMMIT;
END $$;

CALL measure('one_each', 1);   CALL measure('arrays', 1);
CALL measure('one_each', 4);   CALL measure('arrays', 4);
CALL measure('one_each', 16);  CALL measure('arrays', 16);
CALL measure('one_each', 64);  CALL measure('arrays', 64);
CALL measure('one_each', 256); CALL measure('arrays', 256);
\echo WAL and disk, bytes per event
SELECT events_in_a_unit, way, round(insert_bytes) AS insert, round(delete_bytes) AS delete, round(disk_bytes) AS disk
FROM measured ORDER BY 1, 2 DESC;
