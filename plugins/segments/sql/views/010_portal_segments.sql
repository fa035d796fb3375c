-- SPDX-License-Identifier: Apache-2.0
-- What a customer may see: the own messages, one row per segment, PENDING without a receipt. The tenant is the session's
-- app.account_id. A message has as many segments as its row or one of its stored segments says. Where one receipt stood for
-- all of them, each shows it.
CREATE OR REPLACE VIEW dlr.portal_segments WITH (security_barrier = true) AS
  SELECT m.message_id, m.status AS message_status, n.segment_count, i.segment_index::smallint,
         COALESCE(d.status, s.status, r.dlr_status, 'PENDING') AS status,
         CASE WHEN d.status IS NULL THEN COALESCE(s.error_code, r.error_code) ELSE d.error_code END AS error_code,
         COALESCE(d.received_at, s.received_at, r.received_at) AS received_at, COALESCE(s.late AND d.status IS NULL, false) AS late
  FROM orch.sms_messages m
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
                     ORDER BY x.received_at LIMIT 1) d ON true
  WHERE m.account_id = NULLIF(current_setting('app.account_id', true), '')::uuid;
GRANT SELECT ON dlr.portal_segments TO dlr_portal;
REVOKE INSERT ON dlr.portal_segments FROM dlr_svc;
