-- SPDX-License-Identifier: Apache-2.0
-- Who did what. Nobody may change or delete a row.
CREATE TABLE dlr.audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, actor text NOT NULL, action text NOT NULL,
  entity text NOT NULL, entity_id text NOT NULL, details jsonb NOT NULL DEFAULT '{}');
CREATE INDEX audit_log_entity ON dlr.audit_log (entity_id);
GRANT INSERT ON dlr.audit_log TO dlr_admin;
