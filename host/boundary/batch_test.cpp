// SPDX-License-Identifier: Apache-2.0
#include "boundary/batch.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(Batch, FindsItsOwnHandlesOnly) {
  Batch batch;
  batch.id = 5;
  Inbound in;
  batch.receipts.emplace_back(Delivery{}, in, batch.handle_of(0));
  EXPECT_EQ(batch.find(batch.handle_of(0)), &batch.receipts[0]);
  EXPECT_EQ(batch.find(batch.handle_of(1)), nullptr);
  EXPECT_EQ(batch.find((std::uint64_t{4} << Batch::kIndexBits) | 1), nullptr);
  EXPECT_EQ(batch.find(0), nullptr);
}

}  // namespace
}  // namespace dlrgw::host
