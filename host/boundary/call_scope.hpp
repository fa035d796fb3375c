// SPDX-License-Identifier: Apache-2.0
// Which batch, lane and plugin the current thread is calling into: how a service call finds its receipt. Set by the
// lane around every call into a plugin; a call with a receipt's handle from any other thread finds nothing and is
// refused.
#pragma once
#include <cstdint>

#include "boundary/batch.hpp"
#include "boundary/snapshot.hpp"

namespace dlrgw::host {

class CallScope {
 public:
  CallScope(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane);
  ~CallScope();
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // null outside of a lane's call.
  static CallScope* current();
  // null when the handle is not one of the running batch.
  static Receipt* receipt(std::uint64_t handle);

  [[nodiscard]] Batch& batch() const { return batch_; }
  [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] const LaneInstances& lane() const { return lane_; }

 private:
  Batch& batch_;
  const Snapshot& snapshot_;
  const LaneInstances& lane_;
  CallScope* outer_;
};

}  // namespace dlrgw::host
