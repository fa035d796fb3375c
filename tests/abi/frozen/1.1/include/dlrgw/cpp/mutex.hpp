// SPDX-License-Identifier: Apache-2.0
// A mutex of which clang checks, with -Wthread-safety, that what it guards is touched by its holder alone:
//
//   void add() { const MutexLock lock(mutex_); ++count_; }
//
//   Mutex mutex_;
//   int count_ DLRGW_GUARDED_BY(mutex_) = 0;
//
// With other compilers it is a std::mutex and no more. Whoever waits uses a std::condition_variable_any; its predicate
// says that it is called under the lock:
//
//   changed_.wait(lock, [this]() DLRGW_REQUIRES(mutex_) { return count_ > 0; });
#pragma once
#include <mutex>

#if defined(__clang__)
#define DLRGW_THREAD_SAFETY(x) __attribute__((x))
#else
#define DLRGW_THREAD_SAFETY(x)
#endif

// Of a variable: it is read and written under this mutex.
#define DLRGW_GUARDED_BY(mutex) DLRGW_THREAD_SAFETY(guarded_by(mutex))
// Of a pointer: what it points to is.
#define DLRGW_PT_GUARDED_BY(mutex) DLRGW_THREAD_SAFETY(pt_guarded_by(mutex))
// Of a function: the caller holds these mutexes; the caller holds none of them.
#define DLRGW_REQUIRES(...) DLRGW_THREAD_SAFETY(requires_capability(__VA_ARGS__))
#define DLRGW_EXCLUDES(...) DLRGW_THREAD_SAFETY(locks_excluded(__VA_ARGS__))
// Of a function: why it is right is beyond the compiler, and stands in a comment beside it.
#define DLRGW_NO_THREAD_SAFETY_ANALYSIS DLRGW_THREAD_SAFETY(no_thread_safety_analysis)

namespace dlrgw {

class DLRGW_THREAD_SAFETY(capability("mutex")) Mutex {
 public:
  void lock() DLRGW_THREAD_SAFETY(acquire_capability()) { mutex_.lock(); }
  void unlock() DLRGW_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds the mutex to the end of its scope, or until unlock().
class DLRGW_THREAD_SAFETY(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) DLRGW_THREAD_SAFETY(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() DLRGW_THREAD_SAFETY(release_capability()) {
    if (held_) mutex_.unlock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void lock() DLRGW_THREAD_SAFETY(acquire_capability()) {
    mutex_.lock();
    held_ = true;
  }
  void unlock() DLRGW_THREAD_SAFETY(release_capability()) {
    held_ = false;
    mutex_.unlock();
  }

 private:
  Mutex& mutex_;
  bool held_ = true;
};

}  // namespace dlrgw
