// SPDX-License-Identifier: Apache-2.0
// A few threads on which blocking handlers run, with a bounded queue before them. One per listener, so that customers
// cannot keep the operators out. Owned by the server.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::host {

class HandlerPool {
 public:
  HandlerPool(unsigned threads, std::size_t queue_limit);
  ~HandlerPool();  // stops
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  void start();
  // [any] false: queue_limit tasks already wait for a thread, or the pool is stopping. The task must not throw.
  [[nodiscard]] bool submit(std::function<void()> task);
  // Drops what waits, and waits for what runs.
  void stop();

 private:
  void run();
  const unsigned thread_count_;
  const std::size_t queue_limit_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> waiting_ DLRGW_GUARDED_BY(mutex_);
  std::size_t running_ DLRGW_GUARDED_BY(mutex_) = 0;  // tasks
  bool stopping_ DLRGW_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace dlrgw::host
