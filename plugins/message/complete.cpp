// SPDX-License-Identifier: Apache-2.0
#include "message/complete.hpp"

#include <algorithm>

namespace dlrgw::message {
namespace {

// The status of a message whose segments are all final. A mix in which nothing was delivered is FAILED: PARTIAL would
// say that something arrived.
AggregateStatus status_of(const std::vector<const Segment*>& finals) {
  const auto is = [](DlrStatus status) { return [status](const Segment* s) { return s->status == status; }; };
  if (std::any_of(finals.begin(), finals.end(), is(DlrStatus::kFailed))) return AggregateStatus::kFailed;
  if (std::all_of(finals.begin(), finals.end(), is(finals.front()->status)))
    return static_cast<AggregateStatus>(finals.front()->status);
  return std::any_of(finals.begin(), finals.end(), is(DlrStatus::kDelivered)) ? AggregateStatus::kPartial
                                                                              : AggregateStatus::kFailed;
}

SegmentIndices finals_of(const SegmentSet& set) {
  SegmentIndices finals;
  for (const Segment& segment : set.segments())
    if (is_terminal(segment.status)) finals.insert(segment.index);
  return finals;
}

SegmentIndices awaited(const Expectation& expectation) {
  SegmentIndices out;
  for (std::uint32_t index = 1; index <= expectation.total; ++index)
    if (!expectation.unrequested.contains(index)) out.insert(index);
  return out;
}

// When no segment asked for a receipt, those that came unasked are what the message has.
SegmentIndices expected_segments(const SegmentIndices& finals, const Expectation& expectation) {
  const SegmentIndices waited_for = awaited(expectation);
  return waited_for.empty() ? finals : waited_for;
}

std::vector<SegmentLine> lines_of(const SegmentSet& set, const SegmentIndices& expected) {
  std::vector<SegmentLine> lines;
  for (const Segment& segment : set.segments())
    lines.push_back({segment.index, std::string(to_string(segment.status)), segment.error_code, segment.received_at_us,
                     segment.network_error_code});
  for (std::uint32_t index = 1; index <= kMaxSegments; ++index) {
    const auto same = [index](const SegmentLine& line) { return line.index == index; };
    if (expected.contains(index) && std::none_of(lines.begin(), lines.end(), same))
      lines.push_back({index, std::string(kPending), {}, std::nullopt});
  }
  std::sort(lines.begin(), lines.end(), [](const SegmentLine& a, const SegmentLine& b) { return a.index < b.index; });
  return lines;
}

}  // namespace

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::kComplete:
      return "complete";
    case Reason::kGraceExpired:
      return "grace_expired";
    case Reason::kSingle:
      return "single";
  }
  return {};
}

void SegmentSet::add(const Segment& segment) {
  first_received_at_us_ = std::min(first_received_at_us_.value_or(segment.received_at_us), segment.received_at_us);
  const auto at = std::lower_bound(segments_.begin(), segments_.end(), segment.index,
                                   [](const Segment& s, std::uint32_t index) { return s.index < index; });
  if (at == segments_.end() || at->index != segment.index) {
    segments_.insert(at, segment);
    return;
  }
  if (is_terminal(at->status)) return;
  if (is_terminal(segment.status) || segment.received_at_us >= at->received_at_us) *at = segment;
}

bool is_complete(const SegmentIndices& finals, const Expectation& expectation) {
  if (finals.empty() || expectation.one_for_all) return !finals.empty();
  return awaited(expectation).is_subset_of(finals);
}

std::optional<Aggregate> finalise(const SegmentSet& set, const Expectation& expectation) {
  const SegmentIndices have = finals_of(set);
  const bool complete = is_complete(have, expectation);
  if (!complete && !expectation.deadline_passed) return std::nullopt;

  const SegmentIndices expected = expected_segments(have, expectation);
  std::vector<const Segment*> finals;
  for (const Segment& segment : set.segments())
    if (is_terminal(segment.status) && (expectation.one_for_all || expected.contains(segment.index)))
      finals.push_back(&segment);
  if (expectation.one_for_all && finals.size() > 1) finals.erase(finals.begin() + 1, finals.end());

  Aggregate out;
  out.status = complete ? status_of(finals) : AggregateStatus::kPartial;
  out.reason = !complete                                          ? Reason::kGraceExpired
               : expectation.one_for_all && expectation.total > 1 ? Reason::kSingle
                                                                  : Reason::kComplete;
  out.expected = expectation.one_for_all ? 1U : std::max(expected.size(), 1U);
  out.received = static_cast<std::uint32_t>(finals.size());
  for (const Segment* segment : finals) {
    if (segment->status == DlrStatus::kDelivered) ++out.delivered;
    if (segment->status == DlrStatus::kDelivered) continue;
    if (out.error_code.empty()) out.error_code = segment->error_code;
    if (out.network_error_code.empty()) out.network_error_code = segment->network_error_code;
  }
  for (const Segment& segment : set.segments()) {
    out.occurred_at_us = std::max(out.occurred_at_us, segment.occurred_at_us);
    out.last_received_at_us = std::max(out.last_received_at_us, segment.received_at_us);
  }
  out.first_received_at_us = set.first_received_at_us().value_or(0);
  out.lines = lines_of(set, expectation.one_for_all ? SegmentIndices{} : expected);
  return out;
}

}  // namespace dlrgw::message
