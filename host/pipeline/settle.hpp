// SPDX-License-Identifier: Apache-2.0
// Turns a committed batch into acknowledgements, counts and log lines: everything that must happen once, after commit.
// Runs on the lane's thread.
#pragma once
#include "intake/intake.hpp"
#include "pipeline/run_batch.hpp"

namespace dlrgw::host {

// Acks, naks, terms or parks every delivery, tells the stages their outcomes, releases what was held back. The batch is
// empty afterwards.
void settle(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane, Intake& intake, const RunDeps& deps);

// The same for a committed submission: nothing to acknowledge and nothing to count, but the stages hear of it and what
// was held back happens.
void settle_submission(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane, const RunDeps& deps);

// The same for a receipt that was held until now: this is its outcome, and it is counted.
void settle_first_submission(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane, const RunDeps& deps);

}  // namespace dlrgw::host
