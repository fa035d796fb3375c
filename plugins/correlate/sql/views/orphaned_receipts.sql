-- SPDX-License-Identifier: Apache-2.0
-- Orphans as reports and exports read them.
CREATE OR REPLACE VIEW dlr.orphaned_receipts WITH (security_invoker = true) AS
  SELECT orphan_id AS id, operator_id, operator_message_id, raw_stat, raw_payload, received_at FROM dlr.orphan_dlrs;
REVOKE INSERT ON dlr.orphaned_receipts FROM dlr_svc;
