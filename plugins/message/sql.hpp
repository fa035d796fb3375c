// SPDX-License-Identifier: Apache-2.0
// The statements that lock a message and read its history. They read tables of several plugins and write none: only its
// owner writes a table.
//
// Every column is named with its table, here and in each subquery of the product. A bare name that the subquery's table
// has no more is taken from the query around it: "message_id = r.message_id" would then be true of every row.
#pragma once
#include <string>
#include <string_view>

#include "message/states.hpp"

namespace dlrgw::message {

// Reads no state. It takes the locks in key order, so that lanes cannot deadlock: the lateral select, which locks, runs
// once per row of the ordered one. Column: message_id.
inline constexpr std::string_view kLockMessages = R"(
SELECT m.message_id
FROM (SELECT i.message_id FROM dlrgw_rows i ORDER BY i.message_id) r CROSS JOIN LATERAL
     (SELECT x.message_id FROM orch.sms_messages x WHERE x.message_id = r.message_id FOR NO KEY UPDATE) m)";

// What the rows of a message x without an open row are filed under: its submit time, where it can be one. The same
// expression stands in dlr.portal_segments.
inline constexpr std::string_view kFiledUnderSql =
    "CASE WHEN x.submitted_at >= '2000-01-01 00:00:00+00' AND x.submitted_at < '2100-01-01 00:00:00+00' "
    "THEN x.submitted_at ELSE 'epoch' END";

// One keyed probe per message and table. OFFSET 0 keeps the planner from joining a whole table instead: a plan made
// while the tables were small lives on after they have grown.
// The submits of a message are the one thing that another service's table may have no index for. It is then scanned
// once for the batch, not once per message, and only for a batch that asks.
//
// Times of others may be infinite, or of a year that no text of ours has: when the message ended is cut to the years 1
// to 9999, and number says so; a submit of such a time is no newer attempt than any other.
//
// Late and quarantined rows are looked for only where there can be any that matter. A receipt is quarantined, or late
// for another reason than its attempt, because its message has ended or has several segments; ending writes
// processed_at and dlr_status beside the status. Late because of its attempt is a failure, and matters to failures
// alone. Columns: message_id, several_segments (also what only such messages have), failure (also the submits).
inline std::string read_history() {
  return R"(
WITH found AS MATERIALIZED (
  SELECT r.message_id, r.several_segments, m.status, m.dlr_status, m.at,
         CASE WHEN m.at < '0001-01-01 00:00:00+00' THEN timestamptz '0001-01-01 00:00:00+00'
              WHEN m.at > '9999-12-31 23:59:59+00' THEN timestamptz '9999-12-31 23:59:59+00' ELSE m.at END AS cut,
         coalesce(o.filed_under, m.filed_under) AS filed_under,
         r.several_segments OR r.failure OR m.at IS NOT NULL OR m.status IN ()" +
         terminal_status_list() + R"() OR m.dlr_status IN ()" + terminal_status_list() + R"() AS has_past
  FROM dlrgw_rows r CROSS JOIN LATERAL
       (SELECT x.status, x.dlr_status, coalesce(x.processed_at, x.dlr_received_at) AS at, )" +
         std::string(kFiledUnderSql) + R"( AS filed_under
        FROM orch.sms_messages x WHERE x.message_id = r.message_id OFFSET 0) m
  LEFT JOIN LATERAL (SELECT x.filed_under FROM dlr.aggregation_open x WHERE x.message_id = r.message_id OFFSET 0) o ON true)
SELECT 'message' AS kind, f.message_id, CASE WHEN f.at <> f.cut THEN 1 ELSE 0 END AS number, f.status, f.dlr_status AS raw,
       NULL::uuid AS event_id, NULL::bytea AS fingerprint, f.cut AS at, f.filed_under
FROM found f
UNION ALL
SELECT 'receipt', f.message_id, d.segment_index, d.dlr_status, d.state_key, d.event_id, d.fingerprint, NULL, NULL
FROM found f CROSS JOIN LATERAL
     (SELECT x.segment_index, x.dlr_status, x.state_key, x.event_id, x.fingerprint FROM dlr.delivery_receipts x
      WHERE x.filed_under = f.filed_under AND x.message_id = f.message_id OFFSET 0) d
UNION ALL
SELECT l.kind, f.message_id, l.segment_index, l.dlr_status, l.raw_stat, l.event_id, l.fingerprint, NULL, NULL
FROM found f CROSS JOIN LATERAL
     (SELECT x.kind, x.segment_index, x.dlr_status, x.raw_stat, x.event_id, x.fingerprint FROM dlr.late_dlrs x
      WHERE x.message_id = f.message_id OFFSET 0) l
WHERE f.has_past
UNION ALL
SELECT 'quarantined', f.message_id, 0, NULL, NULL, q.event_id, q.fingerprint, NULL, NULL
FROM found f CROSS JOIN LATERAL
     (SELECT x.event_id, x.fingerprint FROM dlr.quarantined_dlrs x WHERE x.message_id = f.message_id OFFSET 0) q
WHERE f.has_past
UNION ALL
SELECT 'aggregate', f.message_id, 0, NULL, NULL, NULL, NULL, NULL, NULL
FROM found f CROSS JOIN LATERAL
     (SELECT FROM dlr.message_aggregates x
      WHERE x.filed_under = f.filed_under AND x.message_id = f.message_id OFFSET 0) a
WHERE f.several_segments
UNION ALL
SELECT 'segment', f.message_id, s.total_segments, s.status, NULL, NULL, NULL, NULL, NULL
FROM found f CROSS JOIN LATERAL
     (SELECT x.total_segments, x.status FROM dlr.segment_dlrs x
      WHERE x.filed_under = f.filed_under AND x.message_id = f.message_id OFFSET 0) s
WHERE f.several_segments
UNION ALL
(SELECT DISTINCT ON (c.message_id, c.segment_index)
       CASE WHEN c.dlr_requested THEN 'submit' ELSE 'unrequested_submit' END, c.message_id, c.segment_index, NULL, NULL, NULL,
       NULL, c.submitted_at, NULL::timestamptz
FROM (SELECT x.message_id, least(greatest(coalesce(x.segment_index, 1), 1), 255) AS segment_index,
             coalesce(x.dlr_requested, true) AS dlr_requested,
             CASE WHEN x.submitted_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59+00' THEN x.submitted_at
             END AS submitted_at
      FROM smpp.message_correlations x
      WHERE (SELECT bool_or(i.several_segments OR i.failure) FROM dlrgw_rows i)
        AND x.message_id = ANY (ARRAY(SELECT i.message_id FROM dlrgw_rows i WHERE i.several_segments OR i.failure))) c
ORDER BY c.message_id, c.segment_index, c.submitted_at DESC NULLS LAST, c.dlr_requested DESC))";
}

}  // namespace dlrgw::message
