// SPDX-License-Identifier: Apache-2.0
// One debug line, dlr.batch, about where a committed batch spent its time. On the lane's thread.
#pragma once
#include <cstdint>
#include <string>

#include "pipeline/run_batch.hpp"

namespace dlrgw::host {

// Taken before a batch is settled: settling gives its receipts away.
class BatchTrace {
 public:
  // Nothing is kept unless debug lines are written.
  BatchTrace(const Batch& batch, const Snapshot& snapshot, const RunDeps& deps);
  void settled();  // writes the line

 private:
  const RunDeps& deps_;
  const bool on_;
  std::int64_t receipts_ = 0;
  std::int64_t started_us_ = 0;  // all of them monotonic
  std::int64_t committed_us_ = 0;
  std::int64_t waited_us_ = 0;  // the receipt that waited longest, from its delivery until the batch began
  std::int64_t session_us_ = 0;
  std::int64_t commit_us_ = 0;
  std::string stages_;
  std::string statements_;
};

}  // namespace dlrgw::host
