// SPDX-License-Identifier: Apache-2.0
#include "pipeline/retired_snapshots.hpp"

#include <condition_variable>
#include <deque>

namespace dlrgw::host {

struct RetiredSnapshots::Queue {
  // Returns the snapshot to the caller when it is no longer accepted.
  std::shared_ptr<Snapshot> put(std::shared_ptr<Snapshot> snapshot) {
    const std::lock_guard lock(mutex);
    if (closed) return snapshot;
    waiting.push_back(std::move(snapshot));
    changed.notify_one();
    return nullptr;
  }
  // Null at the end.
  std::shared_ptr<Snapshot> next() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return closed || !waiting.empty(); });
    if (waiting.empty()) return nullptr;
    std::shared_ptr<Snapshot> out = std::move(waiting.front());
    waiting.pop_front();
    return out;
  }
  void close() {
    const std::lock_guard lock(mutex);
    closed = true;
    changed.notify_one();
  }

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::deque<std::shared_ptr<Snapshot>> waiting;
  bool closed = false;
};

RetiredSnapshots::RetiredSnapshots(std::mutex& change)
    : change_(change), queue_(std::make_shared<Queue>()), thread_([this] { run(); }) {}

RetiredSnapshots::~RetiredSnapshots() {
  queue_->close();
  thread_.join();
}

std::shared_ptr<Snapshot> RetiredSnapshots::take_in_at_end(std::shared_ptr<Snapshot> snapshot) const {
  Snapshot* const raw = snapshot.get();
  return {raw, [queue = queue_, snapshot = std::move(snapshot)](Snapshot*) mutable {
            (void)queue->put(std::move(snapshot));
          }};
}

void RetiredSnapshots::run() {
  while (std::shared_ptr<Snapshot> snapshot = queue_->next()) {
    const std::lock_guard lock(change_);
    snapshot.reset();
  }
}

}  // namespace dlrgw::host
