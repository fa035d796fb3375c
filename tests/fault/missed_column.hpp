// SPDX-License-Identifier: Apache-2.0
// What only an update of the messages runs into – a trigger of their owner names a column that is gone – while receipts
// that update nothing go on to commit: those that do are held and none is rejected. Used by two tests.
#pragma once
#include <chrono>
#include <cstddef>

namespace dlrgw::test {

// per_second receipts for so long: two of three are final, one is UNKNOWN.
void run_column_missed_by_updates(std::size_t per_second, std::chrono::seconds missed_for);

}  // namespace dlrgw::test
