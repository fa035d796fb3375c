// SPDX-License-Identifier: Apache-2.0
// Retention over fourteen months of half a million receipts each.
#include <gtest/gtest.h>

#include "integration/retention_turn.hpp"

namespace dlrgw::test {
namespace {

TEST(RetentionOfMonths, AtFullSize) { run_retention_turn(500'000); }

}  // namespace
}  // namespace dlrgw::test
