// SPDX-License-Identifier: Apache-2.0
// A column of others that the gateway only writes is renamed, while receipts that do not write it go on to commit:
// those that do are held and none is rejected. Used by one test.
#pragma once
#include <chrono>
#include <cstddef>

namespace dlrgw::test {

// per_second receipts for so long: two of three are final, one is UNKNOWN.
void run_only_updated_column(std::size_t per_second, std::chrono::seconds renamed_for);

}  // namespace dlrgw::test
