// SPDX-License-Identifier: Apache-2.0
#include "support/thread_stack.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <execinfo.h>
#include <semaphore.h>
#include <unistd.h>

#include <sys/syscall.h>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxFrames = 32;
constexpr std::size_t kOwnFrames = 2;  // the handler, and the kernel's way into it
constexpr std::size_t kMaxTold = 24;

Mutex one_at_a_time;
bool ready DLRGW_GUARDED_BY(one_at_a_time) = false;
// Written by the thread that is asked, while whoever asks waits for it.
std::array<void*, kMaxFrames> frames;
std::atomic<int> frame_count{0};
std::atomic<pid_t> wanted{0};
sem_t answered;

int signal_number() { return SIGRTMAX - 3; }

void walk(int) {
  pid_t me = ::gettid();
  if (!wanted.compare_exchange_strong(me, 0)) return;  // an answer that nobody waits for any more
  const int error = errno;
  frame_count = ::backtrace(frames.data(), static_cast<int>(frames.size()));
  ::sem_post(&answered);
  errno = error;
}

bool prepare() {
  // backtrace() loads what it needs at its first call, which a signal handler must not.
  std::array<void*, 1> first{};
  (void)::backtrace(first.data(), 1);
  struct sigaction action {};
  action.sa_handler = walk;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  return ::sem_init(&answered, 0, 0) == 0 && ::sigaction(signal_number(), &action, nullptr) == 0;
}

}  // namespace

std::vector<std::string> stack_of(pid_t thread, std::chrono::milliseconds patience) {
  const MutexLock lock(one_at_a_time);
  if (!ready) ready = prepare();
  if (!ready) return {};
  wanted = thread;
  if (::syscall(SYS_tgkill, ::getpid(), thread, signal_number()) != 0) return {};
  timespec until{};
  ::clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += patience.count() / 1000;
  until.tv_nsec += (patience.count() % 1000) * 1'000'000;
  until.tv_sec += until.tv_nsec / 1'000'000'000;
  until.tv_nsec %= 1'000'000'000;
  int got = -1;
  while ((got = ::sem_timedwait(&answered, &until)) != 0 && errno == EINTR) {
  }
  if (got != 0) {
    pid_t nobody = thread;
    if (wanted.compare_exchange_strong(nobody, 0)) return {};
    while (::sem_wait(&answered) != 0) {  // it has begun: it ends in a moment
    }
  }
  const auto count = static_cast<std::size_t>(frame_count.load());
  char** symbols = ::backtrace_symbols(frames.data(), static_cast<int>(count));
  std::vector<std::string> out;
  for (std::size_t i = kOwnFrames; symbols != nullptr && i < count && out.size() < kMaxTold; ++i) {
    const std::string line = symbols[i];
    out.push_back(line.substr(0, line.find(" [")));
  }
  std::free(symbols);  // allocated by backtrace_symbols()
  return out;
}

}  // namespace dlrgw::host
