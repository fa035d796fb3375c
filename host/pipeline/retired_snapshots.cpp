// SPDX-License-Identifier: Apache-2.0
#include "pipeline/retired_snapshots.hpp"

#include <condition_variable>
#include <deque>

namespace dlrgw::host {

struct RetiredSnapshots::Queue {
  // Returns the snapshot to the caller when it is no longer accepted.
  std::shared_ptr<Snapshot> put(std::shared_ptr<Snapshot> snapshot) {
    const MutexLock lock(mutex);
    if (closed) return snapshot;
    waiting.push_back(std::move(snapshot));
    changed.notify_one();
    return nullptr;
  }
  // Null at the end.
  std::shared_ptr<Snapshot> next() {
    MutexLock lock(mutex);
    changed.wait(lock, [this]() DLRGW_REQUIRES(mutex) { return closed || !waiting.empty(); });
    if (waiting.empty()) return nullptr;
    std::shared_ptr<Snapshot> out = std::move(waiting.front());
    waiting.pop_front();
    return out;
  }
  void close() {
    const MutexLock lock(mutex);
    closed = true;
    changed.notify_one();
  }

  Mutex mutex;
  std::condition_variable_any changed;
  std::deque<std::shared_ptr<Snapshot>> waiting DLRGW_GUARDED_BY(mutex);
  bool closed DLRGW_GUARDED_BY(mutex) = false;
};

RetiredSnapshots::RetiredSnapshots(Mutex& change)
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
    const MutexLock lock(change_);
    snapshot.reset();
  }
}

}  // namespace dlrgw::host
