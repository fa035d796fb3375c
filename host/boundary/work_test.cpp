// SPDX-License-Identifier: Apache-2.0
#include "boundary/work.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

const PluginIdentity plugin{"com.acme", "1.0.0", {}, {}};

struct Seen {
  std::uint32_t events = 0;
  std::vector<RunningCall> calls;
};

SinkSlot sink_with(void (*committed)(void*, std::uint32_t), void* user) {
  SinkSlot sink{"acme.sink", &plugin, {}, user};
  sink.table.committed = committed;
  return sink;
}

TEST(TellCommitted, TheSinkIsInACallOfItsOwnFromALaneAndFromAJob) {
  Seen seen;
  const SinkSlot sink = sink_with(
      [](void* user, std::uint32_t events) {
        auto& out = *static_cast<Seen*>(user);
        out.events = events;
        out.calls = running_calls();
      },
      &seen);
  const PluginCall job({CallKind::kJob, "com.other", "2.0.0", "job other.daily: run"});
  const HostTime service;  // the job commits
  EXPECT_TRUE(tell_committed(sink, 3));
  EXPECT_EQ(seen.events, 3U);
  ASSERT_EQ(seen.calls.size(), 1U);
  EXPECT_EQ(seen.calls[0].plugin, "com.acme");
  EXPECT_EQ(seen.calls[0].what, "sink acme.sink: committed");
  EXPECT_EQ(seen.calls[0].lane, kNoLane);
  EXPECT_TRUE(tell_committed(sink, 3, 4, 17));
  EXPECT_EQ(seen.calls[0].lane, 4U);
  EXPECT_EQ(seen.calls[0].batch, 17U);
}

TEST(TellCommitted, WithoutEventsOrWithoutTheHookNobodyIsCalled) {
  EXPECT_TRUE(tell_committed(sink_with([](void*, std::uint32_t) { throw 42; }, nullptr), 0));
  EXPECT_TRUE(tell_committed(sink_with(nullptr, nullptr), 3));
}

TEST(TellCommitted, WhatItThrowsEndsThere) {
  const Status told = tell_committed(sink_with([](void*, std::uint32_t) { throw 42; }, nullptr), 3);
  ASSERT_FALSE(told);
  EXPECT_EQ(
      told.error().text,
      "plugin com.acme: sink acme.sink: committed threw an exception across the C interface; the plugin must catch "
      "it");
}

}  // namespace
}  // namespace dlrgw::host
