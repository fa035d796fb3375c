// SPDX-License-Identifier: Apache-2.0
// Runs one stored payload through the chain on request: a release, a retry by hand, a dry run. It has stage instances
// of its own, so that it neither waits for receipts nor takes a lane from them; submissions take turns. Owned by the
// gateway; any thread but a lane.
#pragma once
#include <optional>

#include <dlrgw/cpp/mutex.hpp>

#include "boundary/submission.hpp"
#include "pipeline/lane.hpp"

namespace dlrgw::host {

class Submitter {
 public:
  // lane: the index of the instances in every snapshot that belong to submissions.
  Submitter(RunDeps deps, SnapshotHolder& snapshots, std::size_t lane);

  // kData: the payload is no receipt; kDenied: the completion row exists already (another submission won);
  // kUnavailable: a dependency is away; kTransient: conflicts, even after several attempts; kInternal: a stage failed.
  Result<SubmissionResult> submit(const Submission& submission);

 private:
  Result<SubmissionResult> attempt(const Submission& submission, std::optional<BatchFailure>& failure);

  RunDeps deps_;
  SnapshotHolder& snapshots_;
  std::size_t lane_;
  Mutex mutex_;  // guards the instances of lane_
  std::uint64_t next_id_;
};

}  // namespace dlrgw::host
