-- SPDX-License-Identifier: Apache-2.0
-- The events of dlr.outbox one by one, for people and reports; the relay reads the table itself. What cannot be read
-- (no array, or a NUL, which json keeps and refuses to give out) is left out, or it would fail every query.
CREATE OR REPLACE VIEW dlr.outbox_events WITH (security_invoker = true) AS
  SELECT o.id AS outbox_id, e.place, e.event->>'id' AS event_id, o.subject, e.event->>'key' AS message_key,
         e.event->'payload' AS payload, COALESCE(e.event->>'schema', o.subject || '/1') AS schema,
         e.event->>'traceparent' AS traceparent, o.created_at
  FROM dlr.outbox o
  CROSS JOIN LATERAL json_array_elements(
    CASE WHEN json_typeof(o.events) = 'array' AND strpos(o.events::text, '\u0000') = 0 THEN o.events ELSE '[]' END
  ) WITH ORDINALITY AS e(event, place);
REVOKE INSERT ON dlr.outbox_events FROM dlr_svc;
