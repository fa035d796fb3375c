// SPDX-License-Identifier: Apache-2.0
#include "boundary/call_watch.hpp"

#include <condition_variable>
#include <csetjmp>
#include <csignal>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

RunningCall only_call() {
  const auto calls = running_calls();
  EXPECT_EQ(calls.size(), 1U);
  return calls.empty() ? RunningCall{} : calls.front();
}

TEST(CallWatch, SaysWhoIsInWhoseCode) {
  EXPECT_TRUE(running_calls().empty());
  {
    const PluginCall stage({CallKind::kStage, "com.acme", "1.2.3", "stage check: process", 4, 17});
    const RunningCall seen = only_call();
    EXPECT_EQ(seen.plugin + " " + seen.version + ": " + seen.what, "com.acme 1.2.3: stage check: process");
    EXPECT_EQ(seen.lane, 4U);
    EXPECT_EQ(seen.batch, 17U);
  }
  EXPECT_TRUE(running_calls().empty());
}

TEST(CallWatch, TheInnermostCallIsTheCulpritAndTheLaneTheOuters) {
  const PluginCall stage({CallKind::kStage, "outer", "1.0.0", "stage", 4, 17});
  const PluginCall quirk({CallKind::kQuirk, "inner", "1.0.0", "quirk"});
  EXPECT_EQ(only_call().plugin, "inner");
  EXPECT_EQ(only_call().lane, 4U);
}

TEST(CallWatch, TimeInTheHostsServicesIsNobodysHang) {
  const PluginCall stage({CallKind::kStage, "com.acme", "1.0.0", "stage", 0, 1});
  const HostTime service;
  const std::int64_t before = only_call().plugin_us;
  const HostTime inner;  // a service that uses another one
  EXPECT_EQ(only_call().plugin_us, before);
}

TEST(CallWatch, AThreadIsGivenUpWithAllItsCalls) {
  std::thread given_up([] {
    {
      const PluginCall stage({CallKind::kStage, "outer", "1.0.0", "stage", 4, 17});
      {
        const PluginCall quirk({CallKind::kQuirk, "inner", "1.0.0", "quirk"});
        EXPECT_TRUE(abandon_call(only_call().id));
        EXPECT_TRUE(only_call().abandoned);
      }
      EXPECT_TRUE(this_thread_is_abandoned()) << "known in the stage that called the quirk";
      EXPECT_TRUE(only_call().abandoned);
    }
    EXPECT_TRUE(this_thread_is_abandoned());
  });
  given_up.join();
  EXPECT_FALSE(this_thread_is_abandoned());
}

TEST(CallWatch, ACallThatCameBackIsNotGivenUp) {
  std::uint64_t id = 0;
  {
    const PluginCall call({CallKind::kStage, "a", "1.0.0", "stage", 0, 1});
    id = only_call().id;
  }
  EXPECT_FALSE(abandon_call(id));
}

std::jmp_buf outer_place;

// A frame with nothing to destroy, which may be jumped over.
void jump_out_of(const CallSite& site) {
  alignas(PluginCall) static unsigned char left[sizeof(PluginCall)];
  new (left) PluginCall(site);
  std::longjmp(outer_place, 1);
}

void jump_over_a_service() {
  alignas(HostTime) static unsigned char left[sizeof(HostTime)];
  new (left) HostTime;
  std::longjmp(outer_place, 1);
}

TEST(CallWatchDeathTest, ACallThatWasJumpedOverEndsTheProcessWithItsMark) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto tell = [](int) {
    const std::string line = std::string("in ") + innermost_frame_of_this_thread()->what.data() + "\n";
    (void)!::write(STDERR_FILENO, line.data(), line.size());
  };
  EXPECT_EXIT(
      {
        std::signal(SIGABRT, tell);
        const PluginCall stage({CallKind::kStage, "outer", "1.0.0", "stage", 4, 17});
        if (setjmp(outer_place) == 0) jump_out_of({CallKind::kQuirk, "inner", "1.0.0", "quirk"});
      },
      testing::KilledBySignal(SIGABRT), "in quirk");
  EXPECT_EXIT(
      {
        std::signal(SIGABRT, tell);
        const PluginCall stage({CallKind::kStage, "outer", "1.0.0", "stage", 4, 17});
        if (setjmp(outer_place) == 0) jump_over_a_service();
      },
      testing::KilledBySignal(SIGABRT), "in stage");
}

TEST(CallWatch, SeesOtherThreads) {
  std::mutex mutex;
  std::condition_variable changed;
  bool in = false, out = false;
  std::thread other([&] {
    const PluginCall call({CallKind::kRoute, "a", "1.0.0", "route GET /x"});
    std::unique_lock lock(mutex);
    in = true;
    changed.notify_all();
    changed.wait(lock, [&] { return out; });
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return in; });
    EXPECT_EQ(only_call().what, "route GET /x");
    out = true;
    changed.notify_all();
  }
  other.join();
  EXPECT_TRUE(running_calls().empty());
}

TEST(CallWatch, NamesLongerThanAnyMayBeAreCut) {
  const std::string name(500, 'x');
  const PluginCall call({CallKind::kControl, name, name, name});
  EXPECT_EQ(only_call().plugin, std::string(67, 'x'));
}

}  // namespace
}  // namespace dlrgw::host
