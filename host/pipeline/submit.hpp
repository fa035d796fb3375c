// One stored payload through the chain on request: a release, a retry by hand, a dry run. It has stage instances of its
// own beside the lanes', so that it neither waits for receipts nor takes a lane from them; submissions take turns.
// Owned by the gateway; any thread but a lane.
#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/lane.hpp"

namespace dlrgw::host {

struct Submission {
  std::string payload;
  std::string event_id;                       // wins over the payload's
  std::optional<std::int64_t> received_at_us;  // likewise
  std::string origin;
  std::vector<std::string> skips;
  bool dry_run = false;
  // Adds the caller's completion row for the outcome to the batch's unit of work and flushes it; may be empty.
  std::function<Status(Batch&, std::string_view outcome)> complete;
};

struct SubmissionResult {
  std::string outcome;  // "retry": nothing was kept
  std::string reason;
  std::string stage;   // that ended it; empty at the end of the chain
  std::string report;  // JSON object
};

inline constexpr std::string_view kOutcomeRetry = "retry";

class Submitter {
 public:
  // lane: the index of the instances in every snapshot that belong to submissions.
  Submitter(RunDeps deps, SnapshotHolder& snapshots, std::size_t lane);

  // kData: the payload is no receipt; kDenied: the completion row exists already (another submission won); kUnavailable:
  // a dependency is away; kTransient: conflicts, even after several attempts; kInternal: a stage failed.
  Result<SubmissionResult> submit(const Submission& submission);

 private:
  Result<SubmissionResult> attempt(const Submission& submission, std::optional<BatchFailure>& failure);

  RunDeps deps_;
  SnapshotHolder& snapshots_;
  std::size_t lane_;
  std::mutex mutex_;  // guards the instances of lane_
  std::uint64_t next_id_;
};

// The receipt as JSON for people: what normalisation and correlation made of it. No phone number, no text.
std::string describe_receipt(const Receipt& receipt);

}  // namespace dlrgw::host
