-- SPDX-License-Identifier: Apache-2.0
-- One row per operator and day.
CREATE TABLE dlr.daily_operator_report (
  report_date date NOT NULL,
  operator_id text NOT NULL,
  received bigint NOT NULL,
  quarantined bigint NOT NULL,
  late bigint NOT NULL,
  orphaned bigint NOT NULL,
  duplicates bigint NOT NULL,
  replay_rate numeric(9, 6) NOT NULL,
  flagged boolean NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (report_date, operator_id));
