// SPDX-License-Identifier: Apache-2.0
// What a plugin asks for when it submits one stored payload, and what it is answered. Values; the submitter of
// pipeline/submit.hpp runs them.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "boundary/batch.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct Submission {
  std::string payload;
  std::string event_id;                        // wins over the payload's
  std::optional<std::int64_t> received_at_us;  // likewise
  std::string origin;
  std::vector<std::string> skips;
  bool dry_run = false;
  // Where the receipt stood in the stream (0: unknown) and when it was stored, against which its times are checked.
  std::string stream_identity;
  std::uint64_t stream_seq = 0;
  std::int64_t stream_time_us = 0;
  StageRetries retries;        // what the stages have asked for before
  bool first_outcome = false;  // it was never counted: this is its outcome
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

}  // namespace dlrgw::host
