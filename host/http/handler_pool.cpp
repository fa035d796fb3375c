// SPDX-License-Identifier: Apache-2.0
#include "http/handler_pool.hpp"

#include <algorithm>
#include <utility>

#include "support/thread_name.hpp"

namespace dlrgw::host {

HandlerPool::HandlerPool(unsigned threads, std::size_t queue_limit)
    : thread_count_(std::max(1U, threads)), queue_limit_(queue_limit) {}

HandlerPool::~HandlerPool() { stop(); }

void HandlerPool::start() {
  for (unsigned i = 0; i < thread_count_; ++i)
    threads_.emplace_back([this] {
      name_thread("http handler");
      run();
    });
}

bool HandlerPool::submit(std::function<void()> task) {
  {
    const MutexLock lock(mutex_);
    if (stopping_ || waiting_.size() + running_ >= thread_count_ + queue_limit_) return false;
    waiting_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

void HandlerPool::run() {
  MutexLock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this]() DLRGW_REQUIRES(mutex_) { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    std::function<void()> task = std::move(waiting_.front());
    waiting_.pop_front();
    ++running_;
    lock.unlock();
    task();
    task = nullptr;  // destroying what it holds may take long: not under the lock
    lock.lock();
    --running_;
  }
}

void HandlerPool::stop() {
  std::deque<std::function<void()>> dropped;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace dlrgw::host
