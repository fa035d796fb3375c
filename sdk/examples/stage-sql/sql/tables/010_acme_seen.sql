-- SPDX-License-Identifier: Apache-2.0
-- Which receipts the stage has seen, and the operators whose receipts it ends.
CREATE TABLE dlr.acme_seen (event_id uuid PRIMARY KEY, operator_id text NOT NULL, status text NOT NULL, seen_at timestamptz NOT NULL);
CREATE TABLE dlr.acme_seen_muted (operator_id text PRIMARY KEY);
