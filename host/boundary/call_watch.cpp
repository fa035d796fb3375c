// SPDX-License-Identifier: Apache-2.0
#include "boundary/call_watch.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <unistd.h>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxDepth = 8;  // a route, a submission in it, a stage, its quirk

std::int64_t monotonic_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct ThreadCalls {
  ThreadCalls();
  ~ThreadCalls();

  // A handler for a stack that ran over needs one of its own.
  static constexpr std::size_t kSignalStack = 64UL * 1024;
  std::unique_ptr<char[]> signal_stack;
  const pid_t thread = ::gettid();
  Mutex mutex;  // against running_calls() and abandon_call()
  std::array<CallFrame, kMaxDepth> frames DLRGW_GUARDED_BY(mutex);
  std::size_t depth DLRGW_GUARDED_BY(mutex) = 0;
};

thread_local bool abandoned_thread = false;
thread_local const ThreadCalls* marked_thread = nullptr;  // for the signal handler: null before the first call
CallFrame last_frame;  // of a thread that ended inside a call: exit() does that before its handlers run
std::atomic<const CallFrame*> frame_of_exit{nullptr};

struct Registry {
  Mutex mutex;
  std::vector<ThreadCalls*> threads DLRGW_GUARDED_BY(mutex);
};

// Never destroyed: threads of plugins may outlive main().
Registry& registry() {
  static auto& all = *new Registry;
  return all;
}

ThreadCalls::ThreadCalls() {
  stack_t now{};
  if (::sigaltstack(nullptr, &now) == 0 && (now.ss_flags & SS_DISABLE) != 0) {
    signal_stack = std::make_unique<char[]>(kSignalStack);
    const stack_t own{signal_stack.get(), 0, kSignalStack};
    (void)::sigaltstack(&own, nullptr);
  }
  Registry& all = registry();
  const MutexLock lock(all.mutex);
  all.threads.push_back(this);
}

ThreadCalls::~ThreadCalls() {
  if (signal_stack) {
    const stack_t none{nullptr, SS_DISABLE, 0};
    (void)::sigaltstack(&none, nullptr);
  }
  Registry& all = registry();
  const MutexLock lock(all.mutex);
  std::erase(all.threads, this);
  marked_thread = nullptr;
  if (depth == 0) return;
  last_frame = frames[depth - 1];
  frame_of_exit = &last_frame;
}

ThreadCalls& calls_of_this_thread() {
  static thread_local ThreadCalls calls;
  marked_thread = &calls;
  return calls;
}

template <std::size_t N>
void copy(std::array<char, N>& to, std::string_view from) {
  const std::size_t length = std::min(from.size(), N - 1);
  std::memcpy(to.data(), from.data(), length);
  to[length] = '\0';
}

std::atomic<std::uint64_t> next_id{1};

void enter_host(CallFrame& frame) { frame.host_since_us = monotonic_us(); }
void leave_host(CallFrame& frame) {
  frame.in_host_us += monotonic_us() - frame.host_since_us;
  frame.host_since_us = 0;
}

// Whether the thread was in a plugin's own code, which it leaves for a service or for another plugin.
bool leave_plugin(ThreadCalls& calls) DLRGW_REQUIRES(calls.mutex) {
  if (calls.depth == 0 || calls.frames[calls.depth - 1].host_since_us != 0) return false;
  enter_host(calls.frames[calls.depth - 1]);
  return true;
}

void back_in_plugin(ThreadCalls& calls) DLRGW_REQUIRES(calls.mutex) { leave_host(calls.frames[calls.depth - 1]); }

std::uint64_t push(ThreadCalls& calls, const CallSite& site) DLRGW_REQUIRES(calls.mutex) {
  CallFrame& frame = calls.frames[calls.depth];
  frame.kind = site.kind;
  copy(frame.plugin, site.plugin);
  copy(frame.version, site.version);
  copy(frame.what, site.what);
  frame.lane = site.lane;
  frame.batch = site.batch;
  frame.id = next_id++;
  frame.began_us = monotonic_us();
  frame.in_host_us = 0;
  frame.host_since_us = 0;
  frame.abandoned = false;
  ++calls.depth;
  return frame.id;
}

void pop(ThreadCalls& calls, std::uint64_t id) DLRGW_REQUIRES(calls.mutex) {
  const CallFrame& innermost = calls.frames[calls.depth - 1];
  if (innermost.id != id || innermost.host_since_us != 0) std::abort();
  --calls.depth;
  if (calls.frames[calls.depth].abandoned) abandoned_thread = true;
}

bool full(const ThreadCalls& calls) DLRGW_REQUIRES(calls.mutex) { return calls.depth == kMaxDepth; }

}  // namespace

// Nothing is checked in constructors and destructors; the functions they call are.
PluginCall::PluginCall(const CallSite& site) {
  ThreadCalls& calls = calls_of_this_thread();
  const MutexLock lock(calls.mutex);
  if (full(calls)) return;
  paused_outer_ = leave_plugin(calls);
  id_ = push(calls, site);
}

PluginCall::~PluginCall() {
  if (id_ == 0) return;
  ThreadCalls& calls = calls_of_this_thread();
  const MutexLock lock(calls.mutex);
  pop(calls, id_);
  if (paused_outer_) back_in_plugin(calls);
}

HostTime::HostTime() {
  ThreadCalls& calls = calls_of_this_thread();
  const MutexLock lock(calls.mutex);
  counts_ = leave_plugin(calls);
}

HostTime::~HostTime() {
  if (!counts_) return;
  ThreadCalls& calls = calls_of_this_thread();
  const MutexLock lock(calls.mutex);
  back_in_plugin(calls);
}

void plugin_is_alive() {
  ThreadCalls& calls = calls_of_this_thread();
  const MutexLock lock(calls.mutex);
  if (calls.depth == 0) return;
  CallFrame& frame = calls.frames[calls.depth - 1];
  frame.began_us = monotonic_us();
  frame.in_host_us = 0;
  if (frame.host_since_us != 0) frame.host_since_us = frame.began_us;
}

std::vector<RunningCall> running_calls() {
  std::vector<RunningCall> out;
  Registry& all = registry();
  const MutexLock lock(all.mutex);
  for (ThreadCalls* calls : all.threads) {
    const MutexLock one(calls->mutex);
    if (calls->depth == 0) continue;
    const CallFrame& frame = calls->frames[calls->depth - 1];
    const std::int64_t now_us = monotonic_us();
    const std::int64_t in_host_us = frame.in_host_us + (frame.host_since_us == 0 ? 0 : now_us - frame.host_since_us);
    // The lane is that of the innermost call that has one: a quirk is called in a stage.
    std::uint32_t lane = kNoLane;
    for (std::size_t i = 0; i < calls->depth; ++i)
      if (calls->frames[i].lane != kNoLane) lane = calls->frames[i].lane;
    out.push_back({frame.kind, frame.plugin.data(), frame.version.data(), frame.what.data(), lane, frame.batch,
                   frame.id, now_us - frame.began_us - in_host_us, frame.abandoned, calls->thread});
  }
  return out;
}

bool abandon_call(std::uint64_t id, const std::function<void()>& before) {
  Registry& all = registry();
  const MutexLock lock(all.mutex);
  for (ThreadCalls* calls : all.threads) {
    const MutexLock one(calls->mutex);
    if (calls->depth == 0 || calls->frames[calls->depth - 1].id != id) continue;
    if (before) before();
    for (std::size_t i = 0; i < calls->depth; ++i) calls->frames[i].abandoned = true;
    return true;
  }
  return false;
}

bool this_thread_is_abandoned() { return abandoned_thread; }

// Without the lock, which the signal may have come under: others only read what this thread writes, but for
// `abandoned`.
const CallFrame* innermost_frame_of_this_thread() DLRGW_NO_THREAD_SAFETY_ANALYSIS {
  const ThreadCalls* calls = marked_thread;
  if (calls == nullptr) return frame_of_exit;
  if (calls->depth == 0 || calls->depth > kMaxDepth) return nullptr;
  return &calls->frames[calls->depth - 1];
}

}  // namespace dlrgw::host
