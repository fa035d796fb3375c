-- SPDX-License-Identifier: Apache-2.0
-- Receipts per minute, operator and outcome: the reports' denominators. instance is unique per process start, so that one
-- INSERT per minute suffices and no UPDATE right is needed.
CREATE TABLE dlr.ingest_stats (
  minute timestamptz NOT NULL, operator_id text NOT NULL, outcome text NOT NULL, instance text NOT NULL, n bigint NOT NULL,
  PRIMARY KEY (minute, operator_id, outcome, instance));
GRANT SELECT, DELETE ON dlr.ingest_stats TO dlr_maint;
