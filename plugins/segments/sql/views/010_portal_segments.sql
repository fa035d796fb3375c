-- SPDX-License-Identifier: Apache-2.0
-- The own messages of the session's tenant, app.account_id; with app.message_id only that one, by its key. A view over the
-- table of another service would keep its owner from altering or dropping a column: what a function of this language reads
-- is looked up when it runs. Values beyond what a message can have are cut.
CREATE OR REPLACE FUNCTION dlr.portal_messages() RETURNS TABLE (message_id uuid, status text, segment_count int, submitted_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  tenant uuid := NULLIF(current_setting('app.account_id', true), '');
  only_one uuid := NULLIF(current_setting('app.message_id', true), '');
BEGIN
  IF only_one IS NULL THEN
    RETURN QUERY SELECT m.message_id::uuid, m.status::text, LEAST(GREATEST(m.segment_count, 1), 255)::int, m.submitted_at::timestamptz
      FROM orch.sms_messages m WHERE m.account_id = tenant;
  ELSE
    RETURN QUERY SELECT m.message_id::uuid, m.status::text, LEAST(GREATEST(m.segment_count, 1), 255)::int, m.submitted_at::timestamptz
      FROM orch.sms_messages m WHERE m.message_id = only_one AND m.account_id = tenant;
  END IF;
END $$;
REVOKE ALL ON FUNCTION dlr.portal_messages() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dlr.portal_messages() TO dlr_portal;

-- What a customer may see: one row per segment, PENDING without a receipt. A message has as many segments as its row or one
-- of its stored segments says. Where one receipt stood for all of them, each shows it.
CREATE OR REPLACE VIEW dlr.portal_segments WITH (security_barrier = true) AS
  SELECT m.message_id, m.status AS message_status, n.segment_count, i.segment_index::smallint,
         COALESCE(d.status, s.status, r.dlr_status, 'PENDING') AS status,
         CASE WHEN d.status IS NULL THEN COALESCE(s.error_code, r.error_code) ELSE d.error_code END AS error_code,
         COALESCE(d.received_at, s.received_at, r.received_at) AS received_at, COALESCE(s.late AND d.status IS NULL, false) AS late
  FROM dlr.portal_messages() m
  CROSS JOIN LATERAL (SELECT COALESCE((SELECT o.filed_under FROM dlr.aggregation_open o WHERE o.message_id = m.message_id),
                                      CASE WHEN m.submitted_at >= '2000-01-01 00:00:00+00' AND m.submitted_at < '2100-01-01 00:00:00+00'
                                           THEN m.submitted_at ELSE 'epoch' END) AS filed_under) f
  CROSS JOIN LATERAL (SELECT GREATEST(m.segment_count, (SELECT max(x.total_segments) FROM dlr.segment_dlrs x WHERE x.filed_under = f.filed_under AND x.message_id = m.message_id)) AS segment_count) n
  CROSS JOIN LATERAL generate_series(1, n.segment_count) AS i(segment_index)
  LEFT JOIN LATERAL (SELECT * FROM dlr.segment_dlrs x WHERE x.filed_under = f.filed_under AND x.message_id = m.message_id AND x.segment_index = i.segment_index
                     ORDER BY (x.state_key = 'T') DESC, x.received_at DESC LIMIT 1) s ON true
  LEFT JOIN LATERAL (SELECT * FROM dlr.delivery_receipts x WHERE n.segment_count = 1 AND x.filed_under = f.filed_under AND x.message_id = m.message_id AND x.segment_index = i.segment_index
                     ORDER BY (x.state_key = 'T') DESC, x.received_at DESC LIMIT 1) r ON true
  LEFT JOIN LATERAL (SELECT x.status, x.error_code, x.received_at FROM dlr.segment_dlrs x WHERE x.filed_under = f.filed_under AND x.message_id = m.message_id AND x.state_key = 'T' AND NOT x.late
                       AND (s.state_key IS DISTINCT FROM 'T' OR s.late)
                       AND EXISTS (SELECT FROM dlr.message_aggregates a WHERE a.filed_under = f.filed_under AND a.message_id = m.message_id AND a.reason = 'single')
                     ORDER BY x.received_at LIMIT 1) d ON true;
GRANT SELECT ON dlr.portal_segments TO dlr_portal;
REVOKE INSERT ON dlr.portal_segments FROM dlr_svc;
