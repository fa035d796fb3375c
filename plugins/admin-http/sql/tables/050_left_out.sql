-- SPDX-License-Identifier: Apache-2.0
-- Which receipts a step left out, because something that was not their fault stood in their way while others got
-- through: [{streamIdentity, streamSequence, reason}].
ALTER TABLE dlr.resubmission_steps ADD COLUMN left_out jsonb NOT NULL DEFAULT '[]';
