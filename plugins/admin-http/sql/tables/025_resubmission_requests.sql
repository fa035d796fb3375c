-- SPDX-License-Identifier: Apache-2.0
-- What administrators asked to be put through again in bulk, and how far the job has come with it: a row for each page
-- that it walked over, the last one with finished. Nothing is ever updated.
CREATE TABLE dlr.resubmission_requests (
  id uuid PRIMARY KEY, requested_at timestamptz NOT NULL, actor text NOT NULL,
  reason text, stage text, from_at timestamptz, to_at timestamptz NOT NULL, matching bigint NOT NULL);
CREATE TABLE dlr.resubmission_steps (
  request_id uuid NOT NULL, step bigint NOT NULL, stream_identity text NOT NULL, stream_seq bigint NOT NULL,
  not_kept jsonb NOT NULL, finished boolean NOT NULL, ended_at timestamptz NOT NULL,
  PRIMARY KEY (request_id, step));
GRANT SELECT, DELETE ON dlr.resubmission_requests, dlr.resubmission_steps TO dlr_maint;
