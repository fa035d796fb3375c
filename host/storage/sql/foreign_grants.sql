-- SPDX-License-Identifier: Apache-2.0
-- What the gateway may do with the tables of other services. Run only while one of these rights is missing, by an
-- administrator who may grant them: UPDATE … WHERE and FOR NO KEY UPDATE need SELECT on the columns they touch.
GRANT USAGE ON SCHEMA orch, smpp TO dlr_svc;
GRANT USAGE ON SCHEMA orch TO dlr_owner;
GRANT SELECT (message_id, account_id, operator_id, to_addr, client_ref, segment_count, status, dlr_status, dlr_received_at,
              processed_at, submitted_at) ON orch.sms_messages TO dlr_svc;
GRANT UPDATE (status, dlr_status, dlr_received_at, processed_at) ON orch.sms_messages TO dlr_svc;
GRANT SELECT ON smpp.message_correlations TO dlr_svc;
-- What the portal reads is read by a function of dlr_owner, for one tenant at a time.
GRANT SELECT (message_id, account_id, segment_count, status, submitted_at) ON orch.sms_messages TO dlr_owner;
-- What support asks about a message: no phone.
GRANT USAGE ON SCHEMA orch, smpp TO dlr_admin;
GRANT SELECT (message_id, account_id, operator_id, client_ref, segment_count, status, dlr_status, dlr_received_at, processed_at,
              submitted_at) ON orch.sms_messages TO dlr_admin;
GRANT SELECT (operator_id, operator_message_id, message_id, segment_index, total_segments, dlr_requested, connector_id,
              submitted_at) ON smpp.message_correlations TO dlr_admin;
