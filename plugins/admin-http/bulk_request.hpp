// SPDX-License-Identifier: Apache-2.0
// Which stored receipts an administrator wants to be put through again, and how far that has come: the texts of
// requests and answers. Pure; any thread.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace dlrgw::admin_http {

struct BulkSelection {
  std::string reason;  // empty: any
  std::string stage;   // empty: any
  std::optional<std::int64_t> from_us;
  std::int64_t to_us = 0;  // excluded
};

// A body such as {"reason": "quirk_failed", "stage": "normalise", "from": "2026-11-01", "to": "2026-11-02T06:00:00Z"}.
// At least one of reason, stage and from; to is now unless given. Else a sentence that quotes nothing but known keys.
std::variant<BulkSelection, std::string> parse_bulk_selection(std::string_view body, std::int64_t now_us);

// {"reason": …, "stage": …, "from": …, "to": …}, as it is understood.
std::string selection_json(const BulkSelection& selection);

using Tally = std::map<std::string, std::int64_t, std::less<>>;  // how many, by outcome

struct BulkProgress {
  std::string id;
  std::string actor;
  BulkSelection selection;
  std::int64_t requested_at_us = 0;
  std::int64_t matching = 0;  // rows that matched when it was asked for
  std::int64_t steps = 0;     // pages that were walked over
  Tally kept;                 // put through, for good
  Tally not_kept;             // still rejected, waiting for a correlation, unreadable, failed, left: as they were
  std::string left = "[]";    // JSON array of {streamIdentity, streamSequence, reason}: the first that were left
  bool finished = false;
  std::optional<std::int64_t> last_step_us;
};
// {id, state: "waiting" | "running" | "finished", actor, reason, stage, from, to, requestedAt, matching, done,
// outcomes, left, lastStepAt}
std::string progress_json(const BulkProgress& progress);

// {"rejected": 2, "retry": 1}, and back. What is no such object is an empty tally.
std::string tally_json(const Tally& tally);
Tally parse_tally(std::string_view json);

// The document of all jobs with the member "progress" at that job; null without a request. A document that is not as
// expected is answered as it is.
std::string with_progress(std::string_view jobs, std::string_view job, const std::optional<BulkProgress>& progress);

}  // namespace dlrgw::admin_http
