// SPDX-License-Identifier: Apache-2.0
// The full length of ReloadTest.ChangedFilesUnderTrafficSettleEachReceiptOnce.
#include "reload/reload_support.hpp"

namespace dlrgw::test {
namespace {

class ReloadLong : public ReloadTest {};

TEST_F(ReloadLong, TwoHundredChangedFilesUnderTraffic) { reload_under_traffic(100'000, 2000, 201); }

}  // namespace
}  // namespace dlrgw::test
