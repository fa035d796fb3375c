-- Rejected receipts that went through the chain again, each once: written in the transaction of what the chain did with
-- it. One that is rejected again leaves no row, and may be tried once more.
CREATE TABLE dlr.rejected_resubmissions (
  stream_identity text NOT NULL,
  stream_seq bigint NOT NULL,
  outcome text NOT NULL,
  actor text NOT NULL,
  resubmitted_at timestamptz NOT NULL,
  PRIMARY KEY (stream_identity, stream_seq));
GRANT SELECT, DELETE ON dlr.rejected_resubmissions TO dlr_maint;
