// SPDX-License-Identifier: Apache-2.0
// What a batch costs: executions of each statement, and the size of batches at full speed.
#pragma once
#include <cstddef>

namespace dlrgw::test {

void run_statement_counts(std::size_t receipts);

}  // namespace dlrgw::test
