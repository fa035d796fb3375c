// SPDX-License-Identifier: Apache-2.0
#include "support/thread_stack.hpp"

#include <atomic>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(ThreadStack, OfAThreadThatLoops) {
  std::atomic<pid_t> loops{0};
  std::atomic<bool> end{false};
  std::thread thread([&] {
    loops = ::gettid();
    while (!end) {
    }
  });
  while (loops == 0) std::this_thread::yield();
  EXPECT_FALSE(stack_of(loops, std::chrono::minutes(1)).empty());
  EXPECT_FALSE(stack_of(loops, std::chrono::minutes(1)).empty()) << "once more";
  end = true;
  thread.join();
}

TEST(ThreadStack, AThreadThatIsNotThereHasNone) { EXPECT_TRUE(stack_of(0x7FFFFFF0).empty()); }

}  // namespace
}  // namespace dlrgw::host
