// SPDX-License-Identifier: Apache-2.0
// Destroys pipelines that were replaced: on a thread of its own, one after the other, and never while a change is being
// made. The last user of a pipeline may be a lane, a job or an HTTP handler. [control] hooks must not run there: a
// deactivate() that joins threads would hold receipts up. Owned by the pipeline manager. Thread-safe.
#pragma once
#include <memory>
#include <thread>

#include <dlrgw/cpp/mutex.hpp>

#include "boundary/snapshot.hpp"

namespace dlrgw::host {

class RetiredSnapshots {
 public:
  // change: held while instances are created and, here, while they are destroyed.
  explicit RetiredSnapshots(Mutex& change);
  ~RetiredSnapshots();  // ends those handed in; one that is released later ends where it is released
  RetiredSnapshots(const RetiredSnapshots&) = delete;
  RetiredSnapshots& operator=(const RetiredSnapshots&) = delete;

  // Returns the handle that users of the snapshot share: when its last copy is destroyed, the snapshot is handed in.
  [[nodiscard]] std::shared_ptr<Snapshot> take_in_at_end(std::shared_ptr<Snapshot> snapshot) const;

 private:
  struct Queue;
  void run();

  Mutex& change_;
  const std::shared_ptr<Queue> queue_;  // with every handle
  std::thread thread_;
};

}  // namespace dlrgw::host
