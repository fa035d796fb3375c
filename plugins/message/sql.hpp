// SPDX-License-Identifier: Apache-2.0
// The statements that lock a message and read its history. They read tables of several plugins and write none: only its
// owner writes a table.
#pragma once
#include <string_view>

namespace dlrgw::message {

// Reads no state. It takes the locks in key order, so that lanes cannot deadlock: the lateral select, which locks, runs
// once per row of the ordered one. Column: message_id.
inline constexpr std::string_view kLockMessages = R"(
SELECT m.message_id
FROM (SELECT message_id FROM dlrgw_rows ORDER BY message_id) r CROSS JOIN LATERAL
     (SELECT message_id FROM orch.sms_messages WHERE message_id = r.message_id FOR NO KEY UPDATE) m)";

// One keyed probe per message and table. OFFSET 0 keeps the planner from joining a whole table instead: a plan made
// while the tables were small lives on after they have grown.
// Another service's table holds the submits of a message, and may have no index for them. It is then scanned once for
// the batch, not once per message, and only for a batch that needs them.
// Columns: message_id, several_segments (also what only such messages have), failure (also the submits).
inline constexpr std::string_view kReadHistory = R"(
SELECT 'message' AS kind, r.message_id, 0 AS number, m.status, NULL::text AS raw, NULL::uuid AS event_id,
       NULL::bytea AS fingerprint, coalesce(m.processed_at, m.dlr_received_at) AS at
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT status, processed_at, dlr_received_at FROM orch.sms_messages WHERE message_id = r.message_id OFFSET 0) m
UNION ALL
SELECT 'receipt', r.message_id, d.segment_index, d.dlr_status, d.state_key, d.event_id, d.fingerprint, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT segment_index, dlr_status, state_key, event_id, fingerprint FROM dlr.delivery_receipts
      WHERE message_id = r.message_id OFFSET 0) d
UNION ALL
SELECT l.kind, r.message_id, l.segment_index, l.dlr_status, l.raw_stat, l.event_id, l.fingerprint, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT kind, segment_index, dlr_status, raw_stat, event_id, fingerprint FROM dlr.late_dlrs
      WHERE message_id = r.message_id OFFSET 0) l
UNION ALL
SELECT 'quarantined', r.message_id, 0, NULL, NULL, q.event_id, q.fingerprint, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT event_id, fingerprint FROM dlr.quarantined_dlrs WHERE message_id = r.message_id OFFSET 0) q
UNION ALL
SELECT 'aggregate', r.message_id, 0, NULL, NULL, NULL, NULL, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT 1 FROM dlr.message_aggregates WHERE message_id = r.message_id OFFSET 0) a
WHERE r.several_segments
UNION ALL
SELECT 'segment', r.message_id, s.total_segments, s.status, NULL, NULL, NULL, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT total_segments, status FROM dlr.segment_dlrs WHERE message_id = r.message_id OFFSET 0) s
WHERE r.several_segments
UNION ALL
(SELECT DISTINCT ON (c.message_id, c.segment_index)
       CASE WHEN c.dlr_requested THEN 'submit' ELSE 'unrequested_submit' END, c.message_id, c.segment_index, NULL, NULL, NULL,
       NULL, c.submitted_at
FROM (SELECT x.message_id, least(greatest(coalesce(x.segment_index, 1), 1), 255) AS segment_index,
             coalesce(x.dlr_requested, true) AS dlr_requested, x.submitted_at
      FROM smpp.message_correlations x
      WHERE (SELECT bool_or(several_segments OR failure) FROM dlrgw_rows)
        AND x.message_id = ANY (ARRAY(SELECT message_id FROM dlrgw_rows WHERE several_segments OR failure))) c
ORDER BY c.message_id, c.segment_index, c.submitted_at DESC, c.dlr_requested DESC))";

}  // namespace dlrgw::message
