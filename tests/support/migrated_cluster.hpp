// SPDX-License-Identifier: Apache-2.0
// A cluster on which `migrate` of this build has run with the shipped configuration: most tests start with it.
#pragma once
#include <string>

namespace dlrgw::test {

// The data directory to copy. It is made once for each build; any thread, any process.
[[nodiscard]] std::string migrated_cluster();

}  // namespace dlrgw::test
