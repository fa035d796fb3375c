// SPDX-License-Identifier: Apache-2.0
#include "receipt/trace_context.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

constexpr std::string_view kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContext, GoesOnWithTheTraceInASpanOfItsOwn) {
  const TraceContext here = begin_span(kParent);
  EXPECT_EQ(here.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(here.span_id.size(), 16U);
  EXPECT_NE(here.span_id, "00f067aa0ba902b7");
  EXPECT_NE(here.span_id, begin_span(kParent).span_id);
  EXPECT_EQ(here.traceparent(), "00-" + here.trace_id + "-" + here.span_id + "-01");
}

TEST(TraceContext, AHeaderThatIsNoneIsNoTrace) {
  for (const std::string_view bad : {"", "00-11-22-01", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                     "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                                     "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                                     "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
                                     "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-xx",
                                     "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"}) {
    EXPECT_TRUE(begin_span(bad).trace_id.empty()) << bad;
    EXPECT_TRUE(begin_span(bad).traceparent().empty()) << bad;
  }
}

}  // namespace
}  // namespace dlrgw::host
