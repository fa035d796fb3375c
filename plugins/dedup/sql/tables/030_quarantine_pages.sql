-- SPDX-License-Identifier: Apache-2.0
-- Pages of the list, newest first, and the rows of a day for the report.
CREATE INDEX quarantined_dlrs_received ON dlr.quarantined_dlrs (received_at, id);
