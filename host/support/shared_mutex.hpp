// SPDX-License-Identifier: Apache-2.0
// As dlrgw/cpp/mutex.hpp, for state that many threads read at a time.
#pragma once
#include <shared_mutex>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::host {

class DLRGW_THREAD_SAFETY(capability("shared_mutex")) SharedMutex {
 public:
  void lock() DLRGW_THREAD_SAFETY(acquire_capability()) { mutex_.lock(); }
  void unlock() DLRGW_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }
  void lock_shared() DLRGW_THREAD_SAFETY(acquire_shared_capability()) { mutex_.lock_shared(); }
  void unlock_shared() DLRGW_THREAD_SAFETY(release_shared_capability()) { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

class DLRGW_THREAD_SAFETY(scoped_lockable) ReadLock {
 public:
  explicit ReadLock(SharedMutex& mutex) DLRGW_THREAD_SAFETY(acquire_shared_capability(mutex)) : mutex_(mutex) {
    mutex_.lock_shared();
  }
  ~ReadLock() DLRGW_THREAD_SAFETY(release_generic_capability()) { mutex_.unlock_shared(); }
  ReadLock(const ReadLock&) = delete;
  ReadLock& operator=(const ReadLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class DLRGW_THREAD_SAFETY(scoped_lockable) WriteLock {
 public:
  explicit WriteLock(SharedMutex& mutex) DLRGW_THREAD_SAFETY(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~WriteLock() DLRGW_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }
  WriteLock(const WriteLock&) = delete;
  WriteLock& operator=(const WriteLock&) = delete;

 private:
  SharedMutex& mutex_;
};

}  // namespace dlrgw::host
