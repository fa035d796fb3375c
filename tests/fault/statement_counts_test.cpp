// SPDX-License-Identifier: Apache-2.0
#include "fault/statement_counts.hpp"

#include <gtest/gtest.h>

namespace dlrgw::test {
namespace {

TEST(StatementCounts, OneExecutionPerStatementAndBatch) { run_statement_counts(20'000); }

}  // namespace
}  // namespace dlrgw::test
