// SPDX-License-Identifier: Apache-2.0
#include "cli/check_connect.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(ConnectReport, OneLineForEachFindingAndTheNumberOfFailures) {
  std::ostringstream out;
  ConnectReport report(out);
  report.ok("nats", "connected");
  report.tell("postgresql.svc", {}, "fine");
  report.tell("postgresql.schema", {"behind", "changed"}, "fine");
  EXPECT_EQ(out.str(),
            "ok    nats: connected\nok    postgresql.svc: fine\nFAIL  postgresql.schema: behind\n"
            "FAIL  postgresql.schema: changed\n");
  EXPECT_EQ(report.failures(), 2U);
}

}  // namespace
}  // namespace dlrgw::host
