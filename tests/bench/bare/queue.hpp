// SPDX-License-Identifier: Apache-2.0
// Hands things from thread to thread. Owned by the bare loop.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace dlrgw::bench {

template <typename T>
class Queue {
 public:
  void push(std::vector<T> items) {
    {
      const std::lock_guard lock(mutex_);
      for (T& item : items) items_.push_back(std::move(item));
    }
    changed_.notify_one();
  }
  // What is there, at most so many; waits for the first. Empty: closed, and nothing is left.
  std::vector<T> take(std::size_t most) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !items_.empty(); });
    std::vector<T> out;
    for (; !items_.empty() && out.size() < most; items_.pop_front()) out.push_back(std::move(items_.front()));
    if (!items_.empty()) changed_.notify_one();
    return out;
  }
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace dlrgw::bench
