// SPDX-License-Identifier: Apache-2.0
#include "pipeline/submit.hpp"

#include <thread>

#include "intake/buffer_limits.hpp"
#include "pipeline/settle.hpp"
#include "receipt/describe_receipt.hpp"

namespace dlrgw::host {
namespace {

// Batch ids of submissions never meet those of lanes, which count from 1.
constexpr std::uint64_t kFirstId = std::uint64_t{1} << 40U;

ErrorCode code_of(FailureKind kind) {
  switch (kind) {
    case FailureKind::kUnavailable:
    case FailureKind::kEnvironment:
    case FailureKind::kStageUnavailable:
      return ErrorCode::kUnavailable;
    case FailureKind::kConflict:
    case FailureKind::kTimeout:
    case FailureKind::kInvariant:
    case FailureKind::kStageLate:
      return ErrorCode::kTransient;
    case FailureKind::kData:
      return ErrorCode::kData;
    case FailureKind::kHang:
    case FailureKind::kBreach:
      break;
  }
  return ErrorCode::kInternal;
}

Result<Inbound> decode(const Submission& submission, const Clock& clock) {
  const bool from_stream = submission.stream_seq != 0;
  DecodeResult decoded = decode_receipt(
      submission.payload, {from_stream ? submission.stream_identity : submission.origin, submission.stream_seq,
                           from_stream ? submission.stream_time_us : clock.now_us()});
  if (auto* failure = std::get_if<DecodeFailure>(&decoded)) {
    return Error{ErrorCode::kData,
                 "the payload is no receipt: " + std::string(to_string(failure->reason)) + ", " + failure->detail};
  }
  auto& inbound = std::get<Inbound>(decoded);
  if (!submission.event_id.empty()) inbound.event_id = submission.event_id;
  if (submission.received_at_us) {
    inbound.received_at_us = *submission.received_at_us;
    std::erase(inbound.flags, kFlagReceivedAtReplaced);
  }
  return std::move(inbound);
}

SubmissionResult result_of(const Receipt& receipt) {
  const Verdict& v = receipt.verdict;
  const bool retry = v.action == Verdict::Action::kRetry;
  return {std::string(retry ? kOutcomeRetry : v.outcome), std::string(v.reason), std::string(v.stage),
          describe_receipt(receipt)};
}

}  // namespace

Submitter::Submitter(RunDeps deps, SnapshotHolder& snapshots, std::size_t lane)
    : deps_(deps), snapshots_(snapshots), lane_(lane), next_id_(kFirstId) {}

Result<SubmissionResult> Submitter::submit(const Submission& submission) {
  const MutexLock lock(mutex_);
  for (std::uint32_t runs = 1;; ++runs) {
    std::optional<BatchFailure> failure;
    Result<SubmissionResult> result = attempt(submission, failure);
    if (!failure) return result;
    const ReplayStep step = plan_replay({.kind = failure->kind, .size = 1, .runs = runs});
    const bool completion = failure->stage == "completion" && failure->kind == FailureKind::kInvariant;
    if (completion) return Error{ErrorCode::kDenied, "decided already by another submission"};
    if (step.action != ReplayStep::Action::kRunAgain) return Error{code_of(failure->kind), failure->text};
    std::this_thread::yield();  // the other session holds its locks for one short transaction; the next attempt
                                // waits for them
  }
}

Result<SubmissionResult> Submitter::attempt(const Submission& submission, std::optional<BatchFailure>& failure) {
  Result<Inbound> inbound = decode(submission, deps_.clock);
  if (!inbound) return inbound.error();
  const std::shared_ptr<Snapshot> snapshot = snapshots_.get();
  const LaneInstances& instances = *snapshot->lanes[lane_];
  Batch batch;
  batch.id = next_id_++;
  batch.dry_run = submission.dry_run;
  batch.skips = submission.skips;
  batch.open(deps_.pool, deps_.clock, kBatchDeadline);
  Delivery delivery;
  delivery.payload = submission.payload;
  delivery.retries = submission.retries;
  if (submission.stream_seq != 0) {
    delivery.stream_identity = std::make_shared<const std::string>(submission.stream_identity);
    delivery.stream_seq = submission.stream_seq;
    delivery.stream_time_us = submission.stream_time_us;
  }
  batch.receipts.emplace_back(std::move(delivery), std::move(*inbound), batch.handle_of(0));

  failure = run_submission(batch, *snapshot, instances, deps_, [&](Batch& done) -> Status {
    return submission.complete ? submission.complete(done, done.receipts.front().verdict.outcome) : Status();
  });
  if (failure) return Error{code_of(failure->kind), failure->text};
  SubmissionResult result = result_of(batch.receipts.front());
  if (submission.dry_run || result.outcome == kOutcomeRetry) return result;
  if (submission.first_outcome) {
    settle_first_submission(batch, *snapshot, instances, deps_);
  } else {
    settle_submission(batch, *snapshot, instances, deps_);
  }
  return result;
}

}  // namespace dlrgw::host
