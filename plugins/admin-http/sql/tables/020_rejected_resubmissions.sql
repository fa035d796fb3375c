-- SPDX-License-Identifier: Apache-2.0
-- Rejected and invalid receipts that went through the chain again, each once: written in the transaction of what the
-- chain did with it. One that is rejected again leaves no row, and may be tried once more.
CREATE TABLE dlr.rejected_resubmissions (
  stream_identity text NOT NULL,
  stream_seq bigint NOT NULL,
  outcome text NOT NULL,
  actor text NOT NULL,
  request_id uuid,  -- of dlr.resubmission_requests; NULL: it was put through on its own
  resubmitted_at timestamptz NOT NULL,
  PRIMARY KEY (stream_identity, stream_seq));
CREATE INDEX rejected_resubmissions_request ON dlr.rejected_resubmissions (request_id) WHERE request_id IS NOT NULL;
GRANT SELECT, DELETE ON dlr.rejected_resubmissions TO dlr_maint;
