-- SPDX-License-Identifier: Apache-2.0
-- Pages of lists and exports, in the order of time.
CREATE INDEX invalid_dlrs_received ON dlr.invalid_dlrs (received_at, stream_identity, stream_seq);
CREATE INDEX audit_log_at ON dlr.audit_log (at, id);
