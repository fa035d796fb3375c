// SPDX-License-Identifier: Apache-2.0
// One turn of retention over fourteen months that are all too old, at any size. Called by a test, on its thread.
#pragma once

namespace dlrgw::test {

// rows: of dlr.delivery_receipts in each month; the other tables that lie by month hold a tenth of it.
void run_retention_turn(int rows);

}  // namespace dlrgw::test
