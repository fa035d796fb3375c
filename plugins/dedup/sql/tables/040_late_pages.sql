-- SPDX-License-Identifier: Apache-2.0
-- Pages of lists and exports, in the order of time.
CREATE INDEX late_dlrs_received ON dlr.late_dlrs (received_at, late_id);
